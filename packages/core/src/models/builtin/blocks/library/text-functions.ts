import type { LibraryFunction } from './library-function.ts'

export const TEXT_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'slugify',
    phrases: ['slug', 'slugs', 'url slug', 'url-friendly slug'],
    does: 'Turns a text into a slug for addresses',
    source: `
/** Turns a text into a slug for addresses: lower-case ASCII letters, digits and single hyphens. */
export function slugify(text«: string»)«: string» {
  return text
    .normalize('NFKD')
    .replaceAll(/\\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
`,
    behaviours: [
      { name: 'joins words by hyphens', calls: [["slugify('Hello, big World!')", "'hello-big-world'"]] },
      { name: 'takes accents off', calls: [["slugify('Crème Brûlée')", "'creme-brulee'"]] },
      {
        name: 'has no hyphens at its ends',
        calls: [
          ["slugify('  --a--  ')", "'a'"],
          ["slugify('!?')", "''"],
        ],
      },
    ],
  },
  {
    name: 'capitalize',
    phrases: ['capitalise', 'capitalize first letter', 'uppercase first letter', 'upper first'],
    does: 'Writes the first letter of a text as a capital',
    source: `
/** Writes the first letter of a text as a capital and leaves the rest as it is. */
export function capitalize(text«: string»)«: string» {
  const [first = '', ...rest] = text;
  return first.toUpperCase() + rest.join('');
}
`,
    behaviours: [
      {
        name: 'changes the first letter only',
        calls: [
          ["capitalize('hello World')", "'Hello World'"],
          ["capitalize('éa')", "'Éa'"],
        ],
      },
      { name: 'leaves an empty text empty', calls: [["capitalize('')", "''"]] },
    ],
  },
  {
    name: 'truncate',
    phrases: ['truncate string', 'truncate text', 'shorten text', 'ellipsis'],
    does: 'Shortens a text to a number of characters',
    source: `
/**
 * Shortens a text to at most so many characters, the ellipsis included.
 * @throws RangeError when the limit is not a positive integer
 */
export function truncate(text«: string», maxLength«: number»)«: string» {
  if (!Number.isInteger(maxLength) || maxLength < 1) throw new RangeError('maxLength must be a positive integer');
  const characters = [...text];
  return characters.length <= maxLength ? text : \`\${characters.slice(0, maxLength - 1).join('')}…\`;
}
`,
    behaviours: [
      { name: 'keeps texts that fit', calls: [["truncate('hello', 5)", "'hello'"]] },
      {
        name: 'ends longer ones with an ellipsis',
        calls: [
          ["truncate('hello world', 6)", "'hello…'"],
          ["truncate('hello', 1)", "'…'"],
        ],
      },
      { name: 'counts characters, not code units', calls: [["truncate('👍👍👍', 2)", "'👍…'"]] },
      {
        name: 'refuses a limit below one',
        refuses: [
          ["truncate('a', 0)", 'RangeError'],
          ["truncate('a', 1.5)", 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'reverseString',
    phrases: [
      'reverse a string',
      'reverses a string',
      'reverse string',
      'string reversal',
      'reverse text',
      'reverse strings',
      'reverse the string',
    ],
    does: 'Reverses the characters of a text',
    source: `
/** Reverses the characters of a text; characters of several code units stay whole. */
export function reverseString(text«: string»)«: string» {
  return [...text].reverse().join('');
}
`,
    behaviours: [
      {
        name: 'reverses characters',
        calls: [
          ["reverseString('abc')", "'cba'"],
          ["reverseString('')", "''"],
        ],
      },
      { name: 'keeps emoji whole', calls: [["reverseString('a👍')", "'👍a'"]] },
    ],
  },
  {
    name: 'isPalindrome',
    phrases: [
      'palindrome',
      'palindromes',
      'palindrome check',
      'palindrome checker',
      'check palindrome',
      'checks palindromes',
      'is a palindrome',
    ],
    does: 'Tells whether a text reads the same backwards',
    source: `
/** Tells whether a text reads the same backwards; only letters and digits count, in any letter case. */
export function isPalindrome(text«: string»)«: boolean» {
  const characters = text.toLowerCase().match(/[\\p{L}\\p{N}]/gu) ?? [];
  return characters.every((character, index) => character === characters[characters.length - 1 - index]);
}
`,
    behaviours: [
      {
        name: 'sees palindromes through spaces and case',
        calls: [["isPalindrome('A man, a plan, a canal: Panama')", 'true']],
      },
      { name: 'tells others apart', calls: [["isPalindrome('hello')", 'false']] },
      { name: 'takes an empty text for one', calls: [["isPalindrome('')", 'true']] },
    ],
  },
  {
    name: 'countWords',
    phrases: ['word count', 'count words', 'counts words', 'number of words', 'word counter'],
    does: 'Counts the words of a text',
    source: `
/** Counts the words of a text: parts between white space. */
export function countWords(text«: string»)«: number» {
  return text.match(/\\S+/g)?.length ?? 0;
}
`,
    behaviours: [
      { name: 'counts parts between any white space', calls: [["countWords('one  two\\n three')", '3']] },
      { name: 'counts none in a blank text', calls: [["countWords('  ')", '0']] },
    ],
  },
  {
    name: 'countVowels',
    phrases: ['vowel count', 'count vowels', 'counts vowels', 'number of vowels', 'vowels'],
    does: 'Counts the vowels of a text',
    source: `
/** Counts the vowels a, e, i, o and u of a text in any letter case. */
export function countVowels(text«: string»)«: number» {
  return text.match(/[aeiou]/gi)?.length ?? 0;
}
`,
    behaviours: [
      { name: 'counts in any letter case', calls: [["countVowels('Education AEIOU')", '10']] },
      { name: 'counts none where there are none', calls: [["countVowels('rhythm')", '0']] },
    ],
  },
  {
    name: 'isAnagram',
    phrases: ['anagram', 'anagrams', 'anagram check', 'anagram checker', 'are anagrams'],
    does: 'Tells whether two texts consist of the same letters',
    source: `
/** Tells whether two texts consist of the same letters and digits, in any order and letter case. */
export function isAnagram(first«: string», second«: string»)«: boolean» {
  return sortedLetters(first) === sortedLetters(second);
}

function sortedLetters(text«: string») {
  return (text.toLowerCase().match(/[\\p{L}\\p{N}]/gu) ?? []).sort().join('');
}
`,
    behaviours: [
      { name: 'sees anagrams through spaces and case', calls: [["isAnagram('Dormitory', 'dirty room')", 'true']] },
      { name: 'counts how often a letter stands', calls: [["isAnagram('aab', 'abb')", 'false']] },
      { name: 'takes texts without letters for anagrams', calls: [["isAnagram('', '!?')", 'true']] },
    ],
  },
  {
    name: 'levenshtein',
    phrases: ['levenshtein distance', 'edit distance', 'string distance'],
    does: 'Counts the edits that turn one text into another',
    source: `
/** Counts the insertions, deletions and replacements that turn one text into another. */
export function levenshtein(first«: string», second«: string»)«: number» {
  const target = [...second];
  let row = [0, ...target.map((_character, index) => index + 1)];
  for (const [index, character] of [...first].entries()) {
    let diagonal = index;
    let left = index + 1;
    const next = [left];
    row.slice(1).forEach((above, column) => {
      left = Math.min(left + 1, above + 1, diagonal + (character === target[column] ? 0 : 1));
      diagonal = above;
      next.push(left);
    });
    row = next;
  }
  return row.reduce((_before, last) => last);
}
`,
    behaviours: [
      {
        name: 'counts edits',
        calls: [
          ["levenshtein('kitten', 'sitting')", '3'],
          ["levenshtein('flaw', 'lawn')", '2'],
        ],
      },
      {
        name: 'is zero for equal texts',
        calls: [
          ["levenshtein('same', 'same')", '0'],
          ["levenshtein('', '')", '0'],
        ],
      },
      {
        name: 'is the length when the other text is empty',
        calls: [
          ["levenshtein('', 'abc')", '3'],
          ["levenshtein('abc', '')", '3'],
        ],
      },
    ],
  },
  {
    name: 'escapeHtml',
    phrases: ['escape html', 'html escape', 'html escaping'],
    does: 'Escapes the characters that mean something in HTML',
    source: `
const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Escapes the characters that mean something in HTML, for text and quoted attributes. */
export function escapeHtml(text«: string»)«: string» {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
`,
    behaviours: [
      {
        name: 'escapes all five characters',
        calls: [['escapeHtml(`<a href="x">\'&\'</a>`)', "'&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;'"]],
      },
      { name: 'leaves other text as it is', calls: [["escapeHtml('plain')", "'plain'"]] },
    ],
  },
  {
    name: 'caesarCipher',
    phrases: ['caesar cipher', 'caesar shift', 'rot'],
    does: 'Shifts the letters of a text in the alphabet',
    source: `
const LETTERS = 26;

/**
 * Shifts the letters a to z of a text in the alphabet, other characters stay; a toy, not encryption.
 * @throws RangeError when the shift is not an integer
 */
export function caesarCipher(text«: string», shift«: number»)«: string» {
  if (!Number.isInteger(shift)) throw new RangeError('shift must be an integer');
  const offset = ((shift % LETTERS) + LETTERS) % LETTERS;
  return text.replaceAll(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + offset) % LETTERS) + base);
  });
}
`,
    behaviours: [
      { name: 'shifts letters and keeps their case', calls: [["caesarCipher('Xyz, abc!', 3)", "'Abc, def!'"]] },
      { name: 'shifts back by the negative', calls: [["caesarCipher(caesarCipher('Hello', 30), -30)", "'Hello'"]] },
      { name: 'refuses a fraction', refuses: [["caesarCipher('a', 0.5)", 'RangeError']] },
    ],
  },
  {
    name: 'isValidEmail',
    phrases: ['email validation', 'validate email', 'validates emails', 'email validator', 'is email', 'valid email'],
    does: 'Tells whether a text looks like an e-mail address',
    source: `
const MAX_LENGTH = 254;

/** Tells whether a text looks like an e-mail address: one at sign, a domain of at least two parts, no spaces. */
export function isValidEmail(text«: string»)«: boolean» {
  return text.length <= MAX_LENGTH && /^[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+$/.test(text);
}
`,
    behaviours: [
      {
        name: 'accepts addresses',
        calls: [
          ["isValidEmail('ada@example.com')", 'true'],
          ["isValidEmail('a.b+c@mail.example.org')", 'true'],
        ],
      },
      {
        name: 'refuses other texts',
        calls: [
          ["isValidEmail('ada')", 'false'],
          ["isValidEmail('ada@example')", 'false'],
          ["isValidEmail('a b@example.com')", 'false'],
        ],
      },
      {
        name: 'refuses texts that are too long',
        calls: [["isValidEmail('@example.com'.padStart(255, 'a'))", 'false']],
      },
    ],
  },
]
