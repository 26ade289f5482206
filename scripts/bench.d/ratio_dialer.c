/* A plain reference for the simulated world's speed: a ratio dialer over a binary heap, with none of
 * dialpace's code. Prints calls and seconds.
 *
 * 50 agents, 2 calls ringing for each available one, every third answered (p = 0.3) after 5 to 20 s,
 * the others given up after 25 s; talk exponential 150 s, wrap-up exponential 30 s; patience 2 s; 8 hours. */
#include "event_heap.h"

enum { ANSWER, GIVE_UP, FREE, ABANDON };

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
