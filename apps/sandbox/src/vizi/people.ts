import { pick, type Random } from '../random.js';
import type { Script } from './branches.js';

/** An invented person: nobody is called "Example". */
export interface Person {
  /** In the customer's own script, as typed at check-out. */
  readonly name: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly sex: 'm' | 'f';
}

const people: Readonly<Record<Script, readonly Person[]>> = {
  hebrew: [
    { name: 'דנה לדוגמה', firstName: 'DANA', lastName: 'LEDUGMA', sex: 'f' },
    { name: 'נועם לדוגמה', firstName: 'NOAM', lastName: 'LEDUGMA', sex: 'm' },
    { name: 'תמר בן דמיון', firstName: 'TAMAR', lastName: 'BEN DIMYON', sex: 'f' },
    { name: 'איתי המצאה', firstName: 'ITAY', lastName: 'HAMTZAA', sex: 'm' },
    { name: 'Maya Ledugma', firstName: 'MAYA', lastName: 'LEDUGMA', sex: 'f' },
  ],
  latin: [
    { name: 'Astrid Exempelsson', firstName: 'ASTRID', lastName: 'EXEMPELSSON', sex: 'f' },
    { name: 'John Exampleton', firstName: 'JOHN', lastName: 'EXAMPLETON', sex: 'm' },
    { name: 'Mary Ann Sample-Smith', firstName: 'MARY ANN', lastName: 'SAMPLE-SMITH', sex: 'f' },
  ],
  cyrillic: [
    { name: 'Анна Примерова', firstName: 'ANNA', lastName: 'PRIMEROVA', sex: 'f' },
    { name: 'Иван Примеров', firstName: 'IVAN', lastName: 'PRIMEROV', sex: 'm' },
    { name: 'Айгерим Мысалова', firstName: 'AIGERIM', lastName: 'MYSALOVA', sex: 'f' },
  ],
};

export function somebody(random: Random, script: Script): Person {
  return pick(random, people[script]);
}
