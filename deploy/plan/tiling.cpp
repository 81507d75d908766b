// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/tiling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>

#include "base/error.hpp"
#include "deploy/kernels/kernel.hpp"

namespace freebits::models {
namespace {

/// Sizes of parts of `whole`, one for each number of parts, multiples of `quantum`.
std::set<unsigned> part_sizes(unsigned whole, unsigned quantum) {
  std::set<unsigned> sizes;
  for (unsigned parts = 1; parts <= whole; ++parts) {
    const unsigned size = ((whole + parts - 1) / parts + quantum - 1) / quantum * quantum;
    sizes.insert(std::min(size, whole));
    if (size == quantum) break;
    // From here on only the size counts: as many parts as give the next smaller one.
    parts = std::max(parts, (whole + size - 1) / size);
  }
  return sizes;
}

std::set<unsigned> row_sizes(const Machine& machine, const KernelLayer& l) {
  if (!l.splits_rows()) return {l.out.height};
  std::set<unsigned> sizes = part_sizes(l.out.height, 1);
  if (l.out.width != 1) return sizes;
  // Pixels are computed four at a time, by all cores.
  for (const unsigned quantum : {4U, 4 * machine.cores})
    sizes.merge(part_sizes(l.out.height, quantum));
  return sizes;
}

std::set<unsigned> channel_sizes(const KernelLayer& l) {
  if (!l.splits_channels()) return {l.out.channels};
  return part_sizes(l.out.channels, l.channel_quantum());
}

/// One way of cutting a layer, and what it costs.
class Candidate {
 public:
  Candidate(const Machine& machine, const KernelLayer& layer, const TensorsOutside& tensors,
            Tiling tiling)
      : machine_(machine),
        layer_(layer),
        tensors_(tensors),
        tiling_(tiling),
        row_tiles_((layer.out.height + tiling.rows - 1) / tiling.rows),
        channel_tiles_((layer.out.channels + tiling.channels - 1) / tiling.channels),
        bytes_(tile_bytes(layer, {0, tiling.rows, 0, tiling.channels})) {
    // The largest input is that of a tile inside the image.
    if (row_tiles_ > 2) {
      bytes_ = tile_bytes(layer, {tiling.rows, tiling.rows, 0, tiling.channels});
    }
  }

  /// Without scratch memory.
  [[nodiscard]] std::uint32_t operand_bytes() const {
    const std::uint32_t inputs = largest_input();
    const bool several_inputs = row_tiles_ > 1 || layer_.splits_input_channels();
    return inputs * (one_tile() || !several_inputs ? 1 : 2) + bytes_.output * (one_tile() ? 1 : 2) +
           bytes_.constants * (channel_tiles_ > 1 ? 2 : 1);
  }

  [[nodiscard]] Tiling evaluated(std::uint32_t scratch_bytes) const {
    Tiling t = tiling_;
    t.scratch_bytes = scratch_bytes;
    const unsigned last_rows = layer_.out.height - (row_tiles_ - 1) * t.rows;
    const unsigned last_channels = layer_.out.channels - (channel_tiles_ - 1) * t.channels;
    t.cycles = ends();
    add(t, t.rows, t.channels, std::uint64_t{row_tiles_ - 1} * (channel_tiles_ - 1));
    add(t, last_rows, t.channels, channel_tiles_ - 1);
    add(t, t.rows, last_channels, row_tiles_ - 1);
    add(t, last_rows, last_channels, 1);
    return t;
  }

 private:
  /// Bytes of the tile that sees most of the input: with wide padding at the upper border it can be
  /// any.
  [[nodiscard]] std::uint32_t largest_input() const {
    std::uint32_t most = bytes_.input + bytes_.second;
    for (unsigned y = 0; y < layer_.out.height && layer_.padding.top != 0; y += tiling_.rows) {
      const unsigned rows = std::min(tiling_.rows, layer_.out.height - y);
      const TileBytes bytes = tile_bytes(layer_, {y, rows, 0, tiling_.channels});
      most = std::max(most, bytes.input + bytes.second);
    }
    return most;
  }
  [[nodiscard]] bool one_tile() const { return row_tiles_ * channel_tiles_ == 1; }

  [[nodiscard]] std::uint64_t moved(std::uint32_t bytes, bool whole_pixels, std::uint32_t row,
                                    Outside where) const {
    return bytes == 0 ? 0 : transfer_cycles(machine_, bytes, whole_pixels ? bytes : row, where);
  }
  [[nodiscard]] std::uint64_t constant_cycles() const {
    return moved(bytes_.constants, true, 0, Outside::L2);
  }
  [[nodiscard]] std::uint32_t chunk_bytes(IntType type) const {
    return tiling_.channels * bits(type) / 8;
  }
  [[nodiscard]] std::uint64_t input_cycles() const {
    const bool whole = channel_tiles_ == 1 || !layer_.splits_input_channels();
    return moved(bytes_.input, whole, chunk_bytes(layer_.in_type), tensors_.input) +
           moved(bytes_.second, whole, chunk_bytes(layer_.second_type), tensors_.second);
  }
  [[nodiscard]] std::uint64_t output_cycles() const {
    return moved(bytes_.output, channel_tiles_ == 1, chunk_bytes(layer_.out_type), tensors_.output);
  }
  /// A step's share of the transfers: what stays from tile to tile is moved once.
  [[nodiscard]] std::uint64_t step_transfers() const {
    const std::uint64_t constants = constant_cycles();
    const bool input_stays = !tiling_.channels_first && !layer_.splits_input_channels();
    std::uint64_t cycles = output_cycles();
    cycles += input_stays ? input_cycles() / channel_tiles_ : input_cycles();
    if (channel_tiles_ == 1 || tiling_.channels_first) {
      cycles += constants / row_tiles_;
    } else {
      cycles += constants;
    }
    return cycles;
  }
  /// The first tile's operands and the last one's output come and go alone; its weights only where
  /// they find no room beside the layer before, which is not known here.
  [[nodiscard]] std::uint64_t ends() const {
    constexpr std::uint64_t kOneIn = 4;
    return input_cycles() + output_cycles() + constant_cycles() / kOneIn;
  }

  void add(Tiling& t, unsigned rows, unsigned channels, std::uint64_t count) const {
    if (count == 0) return;
    // A tile like most: not at the upper border.
    const unsigned y = row_tiles_ > 1 ? std::min(t.rows, layer_.out.height - rows) : 0;
    const std::uint64_t kernel =
        kernel_cycles(machine_, layer_, {y, rows, 0, channels}, t.scratch_bytes);
    t.cycles += count * (std::max(kernel, step_transfers()) + kStepCycles);
  }

  const Machine& machine_;
  const KernelLayer& layer_;
  const TensorsOutside& tensors_;
  Tiling tiling_;
  unsigned row_tiles_, channel_tiles_;
  TileBytes bytes_;
};

/// Calls visit(candidate, scratch bytes of a core, bytes of L1) for every way to cut a layer.
template <class Visit>
void for_each_candidate(const Machine& machine, const KernelLayer& layer,
                        const TensorsOutside& tensors, const Visit& visit) {
  const auto with_scratch = [&](const Tiling& tiling) {
    const Candidate candidate(machine, layer, tensors, tiling);
    const std::uint32_t operands = candidate.operand_bytes();
    for (const std::uint32_t scratch :
         kernel(layer.kind).scratch_sizes(machine, layer, tiling.rows))
      visit(candidate, scratch, operands + machine.cores * scratch);
  };
  for (const unsigned rows : row_sizes(machine, layer)) {
    for (const unsigned channels : channel_sizes(layer)) {
      with_scratch({rows, channels, false, 0, 0});
      if (rows != layer.out.height && channels != layer.out.channels)
        with_scratch({rows, channels, true, 0, 0});
    }
  }
}

}  // namespace

std::uint32_t least_l1_bytes(const Machine& machine, const KernelLayer& layer) {
  std::uint32_t least = std::numeric_limits<std::uint32_t>::max();
  for_each_candidate(machine, layer, {}, [&](const Candidate&, std::uint32_t, std::uint32_t bytes) {
    least = std::min(least, bytes);
  });
  return least;
}

Tiling choose_tiling(const Machine& machine, const KernelLayer& layer,
                     const TensorsOutside& tensors) {
  const std::uint32_t room = machine.l1_end - machine.l1_begin;
  std::optional<Tiling> best;
  for_each_candidate(machine, layer, tensors,
                     [&](const Candidate& c, std::uint32_t scratch, std::uint32_t bytes) {
                       if (bytes > room) return;
                       const Tiling tiling = c.evaluated(scratch);
                       if (!best || tiling.cycles < best->cycles) best = tiling;
                     });
  if (best) return *best;
  throw Error(fmt::format("layer {} needs {} bytes of L1 for its smallest tiles, {} available",
                          layer.name, least_l1_bytes(machine, layer), room));
}

std::vector<Tile> tiles(const KernelLayer& layer, const Tiling& t) {
  std::vector<Tile> all;
  const auto tile = [&](unsigned y, unsigned c) {
    all.push_back({y, std::min(t.rows, layer.out.height - y), c,
                   std::min(t.channels, layer.out.channels - c)});
  };
  if (t.channels_first) {
    for (unsigned c = 0; c < layer.out.channels; c += t.channels)
      for (unsigned y = 0; y < layer.out.height; y += t.rows) tile(y, c);
  } else {
    for (unsigned y = 0; y < layer.out.height; y += t.rows)
      for (unsigned c = 0; c < layer.out.channels; c += t.channels) tile(y, c);
  }
  return all;
}

}  // namespace freebits::models
