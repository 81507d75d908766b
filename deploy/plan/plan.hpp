// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "deploy/kernels/layer.hpp"
#include "deploy/plan/tiling.hpp"
#include "deploy/plan/timed_allocator.hpp"

namespace freebits::models {

/// Requantization and weights of some output channels of a layer: one piece of memory, the
/// requantization first.
struct Constants {
  std::size_t layer = 0;
  unsigned c = 0, channels = 0;
  std::uint32_t bytes = 0;
  enum class Where : std::uint8_t {
    Resident,  ///< in L2 from the start
    Streamed,  ///< from L3 to L2 ahead of use
    Direct,    ///< from L3 to L1: L2 has no room
  } where = Where::Resident;
  std::uint32_t l2 = 0, l3 = 0;  ///< addresses, where it has them
};

/// Constants on their way from L3 to L2, in one transfer: `count` of a layer from `first` on.
struct Stream {
  std::size_t first = 0, count = 0;
  std::uint32_t l2 = 0, l3 = 0, bytes = 0;
};

/// Bytes between L1 and a tensor or a layer's constants: rows that are `stride` apart outside and
/// follow each other in L1.
struct Move {
  enum class Kind : std::uint8_t { Load, Store, LoadConstants } kind = Kind::Load;
  std::size_t what = 0;  ///< tensor, or index of constants
  std::uint32_t l1 = 0;
  std::uint32_t offset = 0, bytes = 0, rows = 1, stride = 0;
};

/// A kernel on a tile, and what is moved beside it. Everything moved in the steps before is where
/// it belongs when a step begins; moves of one step take place in their order.
struct Step {
  std::optional<std::size_t> layer;  ///< none: moves only
  Tile tile{};
  std::uint32_t input = 0, second = 0, constants = 0, output = 0, scratch = 0;  ///< in L1
  std::vector<Move> moves;
  std::uint32_t streams = 0;  ///< so many more of the plan's streams begin
  std::uint32_t l3_wait = 0;  ///< so many of them must have arrived before
  std::uint64_t cycles = 0;   ///< by the cost model
};

struct TensorPlace {
  std::uint32_t address = 0, bytes = 0;
  bool in_l3 = false;
  Lifetime time;
  std::uint32_t complete = 0;  ///< the first step at which all of it is there
};

/// Where everything is, and when: a network on a chip.
struct Plan {
  std::vector<KernelLayer> layers;
  std::vector<Tiling> tilings;       ///< of the layers
  std::vector<Constants> constants;  ///< in the order of their first use
  std::vector<Stream> streams;       ///< in the order in which they begin
  std::vector<Step> steps;           ///< the last one only ends the program
  std::vector<TensorPlace> tensors;  ///< by TensorId
  std::vector<Block> l1, l2;         ///< all blocks, for those who want to look
  std::uint32_t step_table = 0, step_table_bytes = 0;

  [[nodiscard]] std::uint64_t cycles() const;  ///< by the cost model
};

/// The layer a step belongs to: its kernel's, without one that of the next kernel, at the end the
/// last.
[[nodiscard]] std::size_t layer_of(const Plan& plan, std::size_t step);

/// Whether it moves a tensor to or from L3 (not constants).
[[nodiscard]] bool moves_tensor_in_l3(const Plan& plan, const Move& move);

/// Bytes of a step in the table (freebits/network_program.h).
[[nodiscard]] std::uint32_t step_bytes(const Plan& plan, std::size_t step);

/// Deploys a network. Throws Error, naming the layer or tensor, the memory, the
/// bytes needed and available, when it does not fit.
[[nodiscard]] Plan make_plan(const IntegerNetwork& network, const Machine& machine);

}  // namespace freebits::models
