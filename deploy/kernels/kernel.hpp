// SPDX-License-Identifier: Apache-2.0
// What deployment knows of each kind of kernel.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "deploy/kernels/cost_model.hpp"
#include "deploy/kernels/layer.hpp"
#include "deploy/kernels/machine.hpp"
#include "freebits/kernels.h"
#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// Addresses in L1 of what a kernel reads and writes; 0 where it has none.
struct KernelOperands {
  std::uint32_t input = 0, second = 0, requantization = 0, weights = 0, output = 0;
  std::uint32_t scratch = 0, scratch_bytes = 0;  ///< bytes: of a core
};

/// A kind of kernel (sw/kernels): one object each, in the kind's own file. Knows no state; all
/// functions may be called at any time. `op`: of the kind.
class Kernel {
 public:
  struct Traits {
    bool has_weights = false;  ///< and requantization by channel: constants that are loaded
    /// Whether a tile can have a part of the output's channels, and of the input's then too; a part
    /// of its rows.
    bool splits_channels = true, splits_input_channels = true, splits_rows = true;
  };

  explicit Kernel(const Traits& the_traits) : traits(the_traits) {}
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  virtual ~Kernel() = default;

  const Traits traits;

  /// Fills in what of the layer only its op says; shapes and types are there. `flat`: where every
  /// pixel is computed alike the image may become a column.
  virtual void describe(const IntegerOp& op, KernelLayer& layer, bool flat) const = 0;
  /// See KernelLayer::operations().
  [[nodiscard]] virtual std::uint64_t operations(const KernelLayer& layer) const = 0;
  /// The function of sw/kernels.
  [[nodiscard]] virtual std::string symbol(const KernelLayer& layer) const = 0;
  /// Cycles of a tile, all cores, operands in L1.
  [[nodiscard]] virtual double cycles(const CostModel& model, const Machine& machine,
                                      const KernelLayer& layer, const Tile& tile,
                                      std::uint32_t scratch_bytes) const = 0;
  /// Fills in the operands of a tile.
  virtual void fill(fb_operands& to, const KernelOperands& at, const KernelLayer& layer,
                    const Tile& tile, const IntegerOp& op, unsigned level) const = 0;

  /// The op that makes a tile of the output out of the tile's part of the input.
  [[nodiscard]] virtual IntegerOp on_tile(const IntegerOp& op, const KernelLayer& layer,
                                          const Tile& tile) const;

  /// Bytes of scratch memory of a core worth trying for a tile of so many rows: the least, and more
  /// where that makes the kernel faster.
  [[nodiscard]] virtual std::vector<std::uint32_t> scratch_sizes(const Machine& machine,
                                                                 const KernelLayer& layer,
                                                                 unsigned rows) const;
  /// Bytes of scratch memory of a core for a whole layer: as much as makes it faster, within `room`
  /// if possible.
  [[nodiscard]] virtual std::uint32_t scratch_within(unsigned level, const KernelLayer& layer,
                                                     std::uint32_t room) const;
  /// Bytes of the weights of `channels` output channels, a multiple of 8.
  [[nodiscard]] virtual std::uint32_t weight_bytes(const KernelLayer& layer,
                                                   unsigned channels) const;
  [[nodiscard]] virtual std::vector<std::uint8_t> pack_weights(const IntegerOp& op,
                                                               const KernelLayer& layer,
                                                               unsigned level) const;
  /// Sums come scaled by two to this power: Requantization::pre is at least that.
  [[nodiscard]] virtual unsigned sum_scale(const KernelLayer& layer, unsigned level) const;
};

#define FB_DECLARE(Kind, name, inputs) [[nodiscard]] const Kernel& name##_kernel();
FB_KERNEL_KINDS(FB_DECLARE)
#undef FB_DECLARE

[[nodiscard]] const Kernel& kernel(KernelKind kind);

/// Throws Error, "pre is …", when a layer's sums of this level do not fit 32 bits.
void check_sum_scale(const KernelLayer& layer, const IntegerOp& op, unsigned level);

// What the kinds' files have in common.

/// Every pixel for itself: one column.
inline void flatten(Shape& shape) { shape = {shape.height * shape.width, 1, shape.channels}; }

/// Padding of a tile's part of the input: the layer's at the left and the right; above and below
/// what the tile sees of it.
[[nodiscard]] Padding tile_padding(const KernelLayer& layer, const Tile& tile);

template <class T>
[[nodiscard]] std::vector<T> slice(const std::vector<T>& all, std::size_t first,
                                   std::size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(first),
          all.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

/// Channels of a tile of a convolution: weights and requantization.
template <class Op>
void keep_channels(Op& op, unsigned all_channels, const Tile& tile) {
  const std::size_t each = op.weights.size() / all_channels;
  op.weights = slice(op.weights, tile.c * each, tile.channels * each);
  op.requantization.channels = slice(op.requantization.channels, tile.c, tile.channels);
}

/// Work of the core that gets most (freebits/work_split.h).
struct LargestShare {
  double units, groups;
};
[[nodiscard]] LargestShare largest_share(const Machine& machine, std::uint32_t units,
                                         std::uint32_t groups, std::uint32_t more_units,
                                         std::uint32_t more_groups);

}  // namespace freebits::models
