/** The variables this process was started with. Read once, at start; nothing else looks at them. */
export const environment: Readonly<Record<string, string | undefined>> = process.env;
