// SPDX-License-Identifier: Apache-2.0
// Runs one layer of the host's choice on operands the host has put into L1 (profiler/).
#include "freebits/kernel_job.h"

#include "freebits/cluster.h"

/// Filled in by the host, in L1.
FB_L1 struct fb_kernel_job fb_job;
/// fb_kernel_state, in L2, where the host sees it change.
volatile uint32_t fb_job_state __attribute__((aligned(8)));

typedef void (*layer_function)(const void* layer);

// The kernels, by the types of their operands.
enum { T = FB_TYPES_COUNT, W = FB_TYPES_COUNT - FB_TYPE_s8 };  // types, those of weights
#define BY_OUTPUT(in, out) ((in)*T + (out))
#define BY_SECOND(in, second, out) (((in)*T + (second)) * T + (out))
#define BY_WEIGHTS(in, w, out) (((in)*W + (w)) * T + (out))  // w: from FB_TYPE_s8 on

// clang-format off
#define ENTRY(in, w, out) \
  [BY_WEIGHTS(FB_TYPE_##in, FB_TYPE_##w - FB_TYPE_s8, FB_TYPE_##out)] = \
      (layer_function) fb_conv_##in##_##w##_##out,
static const layer_function conv[] = {FB_FOR_TYPES(ENTRY)};
#undef ENTRY
#define ENTRY(a, b, out) \
  [BY_SECOND(FB_TYPE_##a, FB_TYPE_##b, FB_TYPE_##out)] = \
      (layer_function) fb_add_##a##_##b##_##out,
static const layer_function add[] = {FB_FOR_PAIRS(ENTRY)};
#undef ENTRY
#define ENTRY(in, out) \
  [BY_OUTPUT(FB_TYPE_##in, FB_TYPE_##out)] = (layer_function) fb_depthwise_##in##_##out,
static const layer_function depthwise[] = {FB_FOR_ACTIVATIONS(ENTRY)};
#undef ENTRY
#define ENTRY(in, out) \
  [BY_OUTPUT(FB_TYPE_##in, FB_TYPE_##out)] = (layer_function) fb_average_pool_##in##_##out,
static const layer_function average_pool[] = {FB_FOR_ACTIVATIONS(ENTRY)};
#undef ENTRY
#define ENTRY(in, out) \
  [BY_OUTPUT(FB_TYPE_##in, FB_TYPE_##out)] = (layer_function) fb_max_pool_##in##_##out,
static const layer_function max_pool_requantized[] = {FB_FOR_ACTIVATIONS(ENTRY)};
#undef ENTRY
#define ENTRY(in) [FB_TYPE_##in] = (layer_function) fb_max_pool_##in
static const layer_function max_pool[] = {ENTRY(u8), ENTRY(u4), ENTRY(u2),
                                          ENTRY(s8), ENTRY(s4), ENTRY(s2)};
#undef ENTRY
// clang-format on

static layer_function chosen(void) {
  switch (fb_job.kind) {
    case FB_KERNEL_CONV:
      return conv[BY_WEIGHTS(fb_job.in, fb_job.weights, fb_job.out)];
    case FB_KERNEL_DEPTHWISE:
      return depthwise[BY_OUTPUT(fb_job.in, fb_job.out)];
    case FB_KERNEL_ADD:
      return add[BY_SECOND(fb_job.in, fb_job.weights, fb_job.out)];
    case FB_KERNEL_AVERAGE_POOL:
      return average_pool[BY_OUTPUT(fb_job.in, fb_job.out)];
    case FB_KERNEL_MAX_POOL:
      return max_pool[fb_job.in];
    case FB_KERNEL_MAX_POOL_REQUANTIZED:
      return max_pool_requantized[BY_OUTPUT(fb_job.in, fb_job.out)];
    default:
      return 0;
  }
}

static void run(void* argument) {
  const layer_function function = *(layer_function*)argument;
  for (uint32_t round = 1; round <= fb_job.rounds; ++round) {
    if (round == fb_job.rounds && fb_core() == 0) fb_job_state = FB_KERNEL_READY;
    fb_barrier();
    const uint32_t begin = csr_read(CSR_MCYCLE);
    function(&fb_job.conv);
    fb_barrier();
    if (fb_core() == 0) fb_job.cycles = csr_read(CSR_MCYCLE) - begin;
  }
}

int main(void) {
  layer_function function = chosen();
  if (function != 0) fb_parallel(run, &function);
  fb_job_state = function != 0 ? FB_KERNEL_DONE : FB_KERNEL_UNKNOWN;
  return 0;
}
