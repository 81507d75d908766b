// SPDX-License-Identifier: Apache-2.0
// Runs one layer of the host's choice on operands the host has put into L1 (profiler/).
#include "freebits/kernel_job.h"

#include "freebits/cluster.h"

/// Filled in by the host, in L1.
FB_L1 struct fb_kernel_job fb_job;
/// fb_kernel_state, in L2, where the host sees it change.
volatile uint32_t fb_job_state __attribute__((aligned(8)));

typedef void (*layer_function)(const void* layer);

/// Keeps every kernel in the program; the host looks up the one it wants.
#define FB_KERNEL(name, function) (layer_function) function,
#define KERNELS(Kind, name, inputs) FB_KERNELS_##name
__attribute__((used, retain)) static const layer_function kernels[] = {FB_KERNEL_KINDS(KERNELS)};

static void run(void* argument) {
  const layer_function function = (layer_function)argument;
  for (uint32_t round = 1; round <= fb_job.rounds; ++round) {
    if (round == fb_job.rounds && fb_core() == 0) fb_job_state = FB_KERNEL_READY;
    fb_barrier();
    const uint32_t begin = csr_read(CSR_MCYCLE);
    function(&fb_job.operands);
    fb_barrier();
    if (fb_core() == 0) fb_job.cycles = csr_read(CSR_MCYCLE) - begin;
  }
}

int main(void) {
  fb_parallel(run, (void*)fb_job.kernel);
  fb_job_state = FB_KERNEL_DONE;
  return 0;
}
