/* What the references of scripts/bench share: a heap of events and xoshiro256++. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { double at; uint64_t seq; int kind; } Event;

static Event heap[1 << 16];
static int size;
static uint64_t seq, s[4];

static uint64_t rotl(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
static uint64_t next(void) {
  uint64_t r = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t; s[3] = rotl(s[3], 45);
  return r;
}
static double uniform(void) { return ((next() >> 11) + 0.5) * 0x1.0p-53; }
static int before(const Event *a, const Event *b) { return a->at < b->at || (a->at == b->at && a->seq < b->seq); }
static void push(double at, int kind) {
  int i = size++;
  Event e = { at, seq++, kind };
  while (i > 0 && before(&e, &heap[(i - 1) / 2])) { heap[i] = heap[(i - 1) / 2]; i = (i - 1) / 2; }
  heap[i] = e;
}
static Event pop(void) {
  Event top = heap[0], last = heap[--size];
  int i = 0;
  for (;;) {
    int c = 2 * i + 1;
    if (c >= size) break;
    if (c + 1 < size && before(&heap[c + 1], &heap[c])) c++;
    if (!before(&heap[c], &last)) break;
    heap[i] = heap[c];
    i = c;
  }
  heap[i] = last;
  return top;
}
