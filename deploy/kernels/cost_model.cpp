// SPDX-License-Identifier: Apache-2.0
// The cost model: the loops of the kernels (sw/kernels), each with a number of cycles. To refit it,
// once kernels have changed: build/release/tests/bench/fit_cost_model prints the table below.
#include "deploy/kernels/cost_model.hpp"

#include <array>

#include "deploy/kernels/kernel.hpp"
#include "freebits/work_split.h"

namespace freebits::models {
namespace {

// Levels 0 … 4.
constexpr std::array<CostModel, 5> kModels = {{
    {{63.28, 0, 0, 27.09, 0, 73.13, 34.8, 193, 259.3, 0, 0, 0, 0.6801, 4.507, 0, 21.03, 453.4},
     {39.14, 35.13, 0, 13.51, 0, 46.6, 53.35, 0, 20.58, 39.92, 0, 0, 2057},
     {19.55, 2.604, 3.606, 3.409, 25.01, 0, 31.92, 21.29, 135.9, 0}},
    {{6.398, 0.01924, 3.037, 4.679, 49.97, 10.62, 42.84, 106.7, 191.4, 9.244, 0, 1.096, 0.6548,
      7.501, 10.26, 13.01, 399},
     {24.98, 31.53, 0, 0, 0.8762, 8.254, 9.283, 13.53, 7.726, 48.38, 52.29, 18.24, 1340},
     {9.405, 12.14, 1.473, 1.847, 11.22, 0, 7.622, 25.47, 45.07, 163.9}},
    {{6.148, 0.02572, 2.538, 7.943, 28.03, 5.164, 40.65, 160.2, 73.14, 4.272, 1.469, 1.495, 3.193,
      6.288, 9.95, 16.91, 496.5},
     {6.913, 14.78, 9.724, 11.95, 2.888, 5.972, 6.57, 14.99, 11.72, 47.93, 17.63, 9.78, 1632},
     {8.036, 11.61, 1.738, 1.819, 7.956, 6.758, 0, 32.2, 16.07, 147}},
    {{4.193, 0.9157, 0.2375, 8.663, 8.072, 9.829, 61.39, 172.2, 30.37, 0, 6.149, 0, 0, 0, 0, 13.47,
      600.4},
     {7.325, 14.99, 10.02, 13.26, 2.817, 5.971, 6.548, 14.58, 12.72, 48.47, 17.05, 10.08, 1613},
     {8.035, 11.51, 1.727, 1.815, 8.191, 6.725, 0, 32.26, 16.28, 150.1}},
    {{4.07, 0.02703, 1.795, 11.55, 1.937, 9.927, 33.06, 183.4, 90.71, 0, 5.167, 0, 0, 0, 0, 16.49,
      540.4},
     {7.148, 15.08, 9.775, 12.16, 2.868, 5.963, 6.571, 14.86, 12.34, 48.76, 17.55, 9.938, 1594},
     {8.052, 11.46, 1.753, 1.812, 8.216, 6.735, 0, 32.25, 16.41, 146.4}},
}};

}  // namespace

const CostModel& cost_model(unsigned level) { return kModels.at(level); }

LargestShare largest_share(const Machine& m, std::uint32_t units, std::uint32_t groups,
                           std::uint32_t more_units, std::uint32_t more_groups) {
  LargestShare most{0, 0};
  for (unsigned core = 0; core < m.cores; ++core) {
    const fb_share s = fb_share_of(core, m.cores, units, groups, more_units, more_groups);
    const LargestShare share{static_cast<double>(s.last_unit - s.first_unit),
                             static_cast<double>(s.last_group - s.first_group)};
    if (share.units * share.groups > most.units * most.groups) most = share;
  }
  return most;
}

double kernel_cycles(const CostModel& model, const Machine& machine, const KernelLayer& layer,
                     const Tile& tile, std::uint32_t scratch_bytes) {
  return kernel(layer.kind).cycles(model, machine, layer, tile, scratch_bytes);
}

std::uint64_t kernel_cycles(const Machine& machine, const KernelLayer& layer, const Tile& tile,
                            std::uint32_t scratch_bytes) {
  return static_cast<std::uint64_t>(
      kernel_cycles(cost_model(machine.level), machine, layer, tile, scratch_bytes));
}

}  // namespace freebits::models
