// SPDX-License-Identifier: Apache-2.0
// Micro-benchmarks of the cluster: every figure is measured by the program itself with mcycle and
// printed as `name value`; tests/cluster/microbench_test.cpp knows what they must be.
#include <stdio.h>

#include "freebits/cluster.h"
#include "freebits/counters.h"
#include "freebits/dma.h"
#include "freebits/timer.h"

enum { kBankWords = 1024 };

FB_L1 static uint32_t banks[kBankWords];
FB_L1 static uint8_t l1[8192] __attribute__((aligned(8)));
FB_L1 static uint32_t figures[16];
FB_L1 static uint32_t started;
static uint8_t l2[8192] __attribute__((aligned(8)));
FB_L3 static uint8_t l3[4096] __attribute__((aligned(8)));
static volatile uint32_t l2_word;

#define CYCLES() csr_read(CSR_MCYCLE)

static void report(const char* name, uint32_t value) { printf("%s %u\n", name, value); }

/// Cycles of 16 loads in a row from one address, without the reading of the counter.
__attribute__((noinline)) static uint32_t sixteen_loads(volatile uint32_t* address) {
  uint32_t begin, end, value;
  __asm__ volatile(
      "csrr %0, mcycle\n"
      ".rept 16\n lw %2, 0(%3)\n .endr\n"
      "csrr %1, mcycle\n"
      : "=&r"(begin), "=&r"(end), "=&r"(value)
      : "r"(address)
      : "memory");
  return end - begin - 1;
}

/// All cores at once, all at one word; then each at a bank of its own.
static void conflict(void* same) {
  const uint32_t core = fb_core();
  volatile uint32_t* word = same ? &banks[0] : &banks[core];
  sixteen_loads(word);  // the code is in the fetch buffer now
  fb_barrier();
  figures[core] = sixteen_loads(word);
}

/// From the barrier's load to the instruction behind it, all arriving together (second of two in a
/// row).
static void barrier(void* unused) {
  (void)unused;
  uint32_t begin = 0, end = 0;
  for (int i = 0; i < 3; ++i) {
    fb_barrier();
    begin = CYCLES();
    fb_barrier();
    end = CYCLES();
  }
  figures[fb_core()] = end - begin - 1;
}

/// From the last arrival's load to the next instruction of everybody else.
static void late(void* unused) {
  (void)unused;
  for (int i = 0; i < 2; ++i) {
    fb_barrier();
    if (fb_core() == 0) {
      for (int wait = 0; wait < 50; ++wait) __asm__ volatile("nop");
      started = CYCLES();
    }
    fb_barrier();
    figures[fb_core()] = CYCLES();
  }
}

/// A mutex goes round: the time from one owner's unlock to the next one's instruction.
static void mutex(void* unused) {
  (void)unused;
  for (int i = 0; i < 2; ++i) {
    fb_barrier();
    fb_mutex_lock(1);
    figures[fb_core()] = CYCLES();
    fb_mutex_unlock(1, 0);
    fb_barrier();
  }
}

static void event(void* unused) {
  (void)unused;
  for (int i = 0; i < 2; ++i) {
    fb_barrier();
    if (fb_core() == 0) {
      for (int wait = 0; wait < 100; ++wait) __asm__ volatile("nop");
      started = CYCLES();
      fb_event_send(3, 2);
    } else if (fb_core() == 1) {
      fb_event_wait(8);
      figures[1] = CYCLES();
    }
    fb_barrier();
  }
}

static void nothing(void* unused) { (void)unused; }

static uint32_t maximum(void) {
  uint32_t most = 0;
  for (uint32_t core = 0; core < fb_cores(); ++core)
    most = figures[core] > most ? figures[core] : most;
  return most;
}

/// Cycles from START to the instruction behind the wait, with the code in the fetch buffer.
static uint32_t transfer(uint32_t base, const struct fb_transfer* t) {
  const uint32_t done = 1U << (base == FB_DMA_BASE ? FB_EVENT_DMA : FB_EVENT_OUTSIDE);
  uint32_t begin = 0, end = 0;
  fb_dma_start(base, t);  // fills in the registers
  for (int i = 0; i < 3; ++i) {
    begin = CYCLES();
    const uint32_t ticket = FB_REGISTER(base + FB_DMA_START);
    do {
      fb_event_wait(done);
    } while (FB_REGISTER(base + FB_DMA_DONE) != ticket);
    end = CYCLES();
  }
  return end - begin - 1;
}

static void transfers(void) {
  const struct fb_transfer in = {l1, l2, 1024, 1, 0, 0}, in4 = {l1, l2, 4096, 1, 0, 0};
  const struct fb_transfer out = {l2, l1, 1024, 1, 0, 0}, out4 = {l2, l1, 4096, 1, 0, 0};
  const struct fb_transfer odd = {l1 + 3, l2 + 6, 4096, 1, 0, 0};
  const struct fb_transfer rows = {l1, l2, 64, 64, 64, 128};
  const uint32_t in_1k = transfer(FB_DMA_BASE, &in), in_4k = transfer(FB_DMA_BASE, &in4);
  const uint32_t out_1k = transfer(FB_DMA_BASE, &out), out_4k = transfer(FB_DMA_BASE, &out4);
  report("dma_in_1k", in_1k);
  report("dma_in_4k", in_4k);
  report("dma_out_1k", out_1k);
  report("dma_out_4k", out_4k);
  report("dma_unaligned_4k", transfer(FB_DMA_BASE, &odd));
  report("dma_rows_4k", transfer(FB_DMA_BASE, &rows));
  const struct fb_transfer to_l3 = {l3, l1, 4096, 1, 0, 0}, from_l3 = {l1, l3, 4096, 1, 0, 0};
  report("dma_to_l3_4k", transfer(FB_DMA_BASE, &to_l3));
  report("dma_from_l3_4k", transfer(FB_DMA_BASE, &from_l3));
  const struct fb_transfer l3_1k = {l2, l3, 1024, 1, 0, 0}, l3_2k = {l2, l3, 2048, 1, 0, 0};
  report("l3_dma_1k", transfer(FB_L3_DMA_BASE, &l3_1k));
  report("l3_dma_2k", transfer(FB_L3_DMA_BASE, &l3_2k));
}

int main(void) {
  report("cores", fb_cores());
  sixteen_loads(&banks[0]);
  report("l1_16_loads", sixteen_loads(&banks[0]));
  report("l2_16_loads", sixteen_loads(&l2_word));
  report("l3_16_loads", sixteen_loads((volatile uint32_t*)(uintptr_t)l3));
  fb_parallel(conflict, (void*)1);
  report("same_bank_16_loads", maximum());
  fb_parallel(conflict, 0);
  report("own_bank_16_loads", maximum());
  fb_parallel(barrier, 0);
  report("barrier_together", maximum());
  if (fb_cores() > 1) {
    fb_parallel(late, 0);
    uint32_t most = 0;
    for (uint32_t core = 1; core < fb_cores(); ++core)
      most = figures[core] > most ? figures[core] : most;
    report("barrier_last_arrival", most - started);
    fb_parallel(mutex, 0);
    uint32_t first = figures[0], last = figures[0];
    for (uint32_t core = 1; core < fb_cores(); ++core) {
      first = figures[core] < first ? figures[core] : first;
      last = figures[core] > last ? figures[core] : last;
    }
    report("mutex_hand_over_sum", last - first);
    fb_parallel(event, 0);
    report("event_wake", figures[1] - started);
  }
  fb_parallel(nothing, 0);
  const uint32_t before = CYCLES();
  fb_parallel(nothing, 0);
  report("parallel_nothing", CYCLES() - before - 1);
  transfers();
  fb_timer_once(1000, 1);
  const uint32_t begin = CYCLES();
  fb_event_wait(1U << FB_EVENT_TIMER);
  report("timer_1000", CYCLES() - begin);
  return 0;
}
