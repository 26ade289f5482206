/* A plain reference for the simulated world's speed: the fixed-rate scenario over a binary heap,
 * with none of dialpace's code. Prints calls and seconds.
 *
 * 50 agents, 47 calls a minute, every third answered (p = 0.3) after 5 to 20 s, the others given
 * up after 25 s; talk exponential 150 s, wrap-up exponential 30 s; patience 2 s; 8 hours. */
#include "event_heap.h"

enum { DIAL, ANSWER, GIVE_UP, FREE, ABANDON };

int main(int argc, char **argv) {
  int runs = argc > 1 ? atoi(argv[1]) : 100;
  long calls = 0, connected = 0, abandoned = 0;
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int run = 0; run < runs; run++) {
    uint64_t x = 1234567 + run;
    for (int i = 0; i < 4; i++) { x += 0x9E3779B97F4A7C15ULL; uint64_t z = x; z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL; z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL; s[i] = z ^ (z >> 31); }
    static double queue[1 << 16];
    int head = 0, tail = 0, idle = 50;
    size = 0;
    push(0, DIAL);
    while (size > 0) {
      Event e = pop();
      if (e.at > 8 * 3600.0) break;
      if (e.kind == DIAL) {
        calls++;
        if (uniform() < 0.3) push(e.at + 5 + 15 * uniform(), ANSWER); else push(e.at + 25, GIVE_UP);
        push(e.at + 60.0 / 47, DIAL);
      } else if (e.kind == ANSWER) {
        if (idle > 0) { idle--; connected++; push(e.at - 150 * log(uniform()) - 30 * log(uniform()), FREE); }
        else { queue[tail++ & 65535] = e.at + 2; push(e.at + 2, ABANDON); }
      } else if (e.kind == FREE) {
        if (head < tail) { head++; connected++; push(e.at - 150 * log(uniform()) - 30 * log(uniform()), FREE); }
        else idle++;
      } else if (e.kind == ABANDON && head < tail && queue[head & 65535] <= e.at) { head++; abandoned++; }
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%ld %.6f %ld %ld\n", calls, (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9, connected, abandoned);
}
