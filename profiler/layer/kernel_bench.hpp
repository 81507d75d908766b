// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "models/layers/layers.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// A shape on which kernels are measured.
struct KernelShape {
  std::string kernel;  ///< one of kernel_names()
  models::Shape in;
  unsigned out_channels = 0;
  unsigned stride = 1;
  [[nodiscard]] std::string text() const;  ///< "16x16x32 -> 64, stride 1"
};

struct KernelCase {
  KernelShape shape;
  isa::Level level = isa::Level::FlexV;
  models::IntType in = models::IntType::U8, weights = models::IntType::S8,
                  out = models::IntType::U8;
};

struct KernelResult {
  KernelCase what;
  std::uint64_t macs =
      0;  ///< add: two per output; average pool: one per input; max pool: comparisons
  std::uint64_t cycles = 0;
  double roof_macs_per_cycle = 0;  ///< one dot product per core and cycle
  bool bit_exact = false;
  std::vector<tb::CoreStatistics> cores;
  [[nodiscard]] double macs_per_cycle() const {
    return static_cast<double>(macs) / static_cast<double>(cycles);
  }
};

/// Kernels that can be measured: every kind of layer. The weights' type of "add" is that of its
/// second input; pools have none. Max pool is 2x2.
[[nodiscard]] const std::vector<std::string>& kernel_names();
/// The shapes of the tables in docs/results/kernels.md.
[[nodiscard]] std::vector<KernelShape> standard_shapes();
/// Every shape at every level with every pair of bit-widths, with unsigned activations and outputs
/// of the type of the inputs; for kernels without weights every bit-width.
[[nodiscard]] std::vector<KernelCase> standard_cases(const std::vector<KernelShape>& shapes,
                                                     const std::vector<isa::Level>& levels);

/// Measures the cases, in order, with the code in the instruction cache and random operands, and
/// compares every output with the integer model. Runs `jobs` clusters at a time. `done` is called
/// for each case in order, never twice at once; if it returns false, the measurement ends. Throws
/// Interrupted when `stop` is requested.
void measure_kernels(const tb::Target& target, const std::vector<KernelCase>& cases, unsigned jobs,
                     const std::function<bool(const KernelResult&)>& done, StopToken stop = {});

}  // namespace freebits::profiler
