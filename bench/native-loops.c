/* The loops of bench/computing.ts as a native program: which loop, how many rounds; prints what came out, so that none is left out. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t cells[4 * 1024 * 1024];

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  long rounds = atol(argv[2]);
  if (strcmp(argv[1], "float") == 0) {
    double a = 0, b = 0;
    for (long i = 0; i < rounds; i++) {
      double next = a * a - b * b + 0.1;
      b = 2 * a * b + 0.1;
      a = next;
    }
    printf("%.17g\n", a + b);
  } else {
    uint32_t x = 1, sum = 0;
    for (long i = 0; i < rounds; i++) {
      x = x * 1664525u + 1013904223u;
      uint32_t at = x >> 10;
      sum += cells[at];
      cells[at] = sum + x;
    }
    printf("%u\n", sum);
  }
  return 0;
}
