import { type QueueName, queueNames } from './define-job.js';
import type { QueueActivity } from './queue-progress.js';

type Activity = { -readonly [Key in keyof QueueActivity]: QueueActivity[Key] } & {
  takenAt: Date | undefined;
};

/** What a process runs at this moment, and when it last took a job of each queue. */
export class RunningJobs {
  private readonly activities = new Map<QueueName, Activity>(
    queueNames.map((name) => [name, { running: 0, movedAt: 0, takenAt: undefined }]),
  );
  private idlers: (() => void)[] = [];

  of(queue: QueueName): Readonly<Activity> {
    return this.activity(queue);
  }

  async during<T>(queue: QueueName, work: () => Promise<T>): Promise<T> {
    const activity = this.activity(queue);
    activity.takenAt = new Date();
    activity.movedAt = performance.now();
    activity.running += 1;
    try {
      return await work();
    } finally {
      activity.movedAt = performance.now();
      activity.running -= 1;
      if (!this.isBusy()) this.tellIdlers();
    }
  }

  isBusy(): boolean {
    return [...this.activities.values()].some(({ running }) => running > 0);
  }

  /** Resolves when nothing runs. */
  async idle(): Promise<void> {
    if (!this.isBusy()) return;
    await new Promise<void>((resolve) => this.idlers.push(resolve));
  }

  private tellIdlers(): void {
    for (const tell of this.idlers.splice(0)) tell();
  }

  private activity(queue: QueueName): Activity {
    const activity = this.activities.get(queue);
    if (!activity) throw new Error(`There is no queue ${queue}`);
    return activity;
  }
}
