/* A plain reference for the simulated world's speed: a ratio dialer over a binary heap, with none of
 * dialpace's code. Prints calls and seconds.
 *
 * 50 agents, 2 calls ringing for each available one, every third answered (p = 0.3) after 5 to 20 s,
 * the others given up after 25 s; talk exponential 150 s, wrap-up exponential 30 s; patience 2 s; 8 hours. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ANSWER, GIVE_UP, FREE, ABANDON };
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

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 100;
  long calls = 0, connected = 0, abandoned = 0;
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int run = 0; run < runs; run++) {
    uint64_t x = 1234567 + run;
    for (int i = 0; i < 4; i++) { x += 0x9E3779B97F4A7C15ULL; uint64_t z = x; z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL; z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL; s[i] = z ^ (z >> 31); }
    static double queue[1 << 16];
    int head = 0, tail = 0, idle = 50, ringing = 0;
    double now = 0;
    size = 0;
    for (;;) {
      while (ringing < 2 * idle) {
        calls++;
        ringing++;
        if (uniform() < 0.3) push(now + 5 + 15 * uniform(), ANSWER); else push(now + 25, GIVE_UP);
      }
      Event e = pop();
      now = e.at;
      if (now > 8 * 3600.0) break;
      if (e.kind == GIVE_UP) ringing--;
      else if (e.kind == ANSWER) {
        ringing--;
        if (idle > 0) { idle--; connected++; push(now - 150 * log(uniform()) - 30 * log(uniform()), FREE); }
        else { queue[tail++ & 65535] = now + 2; push(now + 2, ABANDON); }
      } else if (e.kind == FREE) {
        if (head < tail) { head++; connected++; push(now - 150 * log(uniform()) - 30 * log(uniform()), FREE); }
        else idle++;
      } else if (e.kind == ABANDON && head < tail && queue[head & 65535] <= now) { head++; abandoned++; }
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%ld %.6f %ld %ld\n", calls, (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9, connected, abandoned);
}
