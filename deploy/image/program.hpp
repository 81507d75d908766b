// SPDX-License-Identifier: Apache-2.0
// A plan as the program on the chip reads it.
#pragma once

#include <cstdint>
#include <vector>

#include "deploy/plan/plan.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/program/elf.hpp"
#include "tb/targets/target.hpp"

namespace freebits::profiler {

/// sw/programs/network.c with the kernels of these layers. Throws Error when the linker fails.
[[nodiscard]] tb::Elf link_network_program(isa::Level level,
                                           const std::vector<models::KernelLayer>& layers);

/// What a target leaves free for a network beside this program.
[[nodiscard]] models::Machine machine_of(const tb::Target& target, const tb::Elf& program);
/// The same without a linker: L1 as it is, L2 less what the kernels of the largest programs take.
[[nodiscard]] models::Machine machine_before_linking(const tb::Target& target);

/// Bytes for an address.
struct MemoryImage {
  std::uint32_t address = 0;
  std::vector<std::uint8_t> bytes;
};
/// The program's `fb_network` and all steps of a plan.
[[nodiscard]] std::vector<MemoryImage> step_images(const models::IntegerNetwork& network,
                                                   const models::Plan& plan,
                                                   const models::Machine& machine,
                                                   const tb::Elf& program);
/// All steps and constants of a plan where it has put them, the program's `fb_network` included.
[[nodiscard]] std::vector<MemoryImage> network_images(const models::IntegerNetwork& network,
                                                      const models::Plan& plan,
                                                      const models::Machine& machine,
                                                      const tb::Elf& program);

}  // namespace freebits::profiler
