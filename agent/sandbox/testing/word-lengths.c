#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Counts the words of its input, longest first: one line each, its length, how often it stands, the word. */

typedef struct { char *word; size_t length; unsigned long count; } entry;

static int compare(const void *left, const void *right) {
  const entry *a = left, *b = right;
  if (a->length != b->length) return a->length < b->length ? 1 : -1;
  return strcmp(a->word, b->word);
}

int main(int argc, char **argv) {
  size_t used = 0, room = 0, length = 0;
  entry *entries = NULL;
  char word[256];
  unsigned long shown = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
  for (int c = getchar();; c = getchar()) {
    if (c != EOF && isalpha(c)) {
      if (length + 1 < sizeof word) word[length++] = (char)tolower(c);
      continue;
    }
    if (length > 0) {
      word[length] = 0;
      size_t at = 0;
      while (at < used && strcmp(entries[at].word, word) != 0) at++;
      if (at == used) {
        if (used == room) {
          room = room ? room * 2 : 64;
          entries = realloc(entries, room * sizeof *entries);
          if (entries == NULL) { fprintf(stderr, "no memory for %zu words\n", room); return 2; }
        }
        char *own = malloc(length + 1);
        if (own == NULL) { fprintf(stderr, "no memory for a word\n"); return 2; }
        memcpy(own, word, length + 1);
        entries[used++] = (entry){own, length, 0};
      }
      entries[at].count++;
      length = 0;
    }
    if (c == EOF) break;
  }
  if (used == 0) { fprintf(stderr, "there are no words\n"); return 1; }
  qsort(entries, used, sizeof *entries, compare);
  for (size_t at = 0; at < used && at < shown; at++)
    printf("%zu %lu %s\n", entries[at].length, entries[at].count, entries[at].word);
  return 0;
}
