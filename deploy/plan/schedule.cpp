// SPDX-License-Identifier: Apache-2.0
// Steps: which tile when, what is in L1 then. A tile's operands arrive while the tile before is
// computed, where they exist by then and L1 has room; otherwise in a step of their own. What is in
// L1 already, a layer's weights or a whole tensor just made, is used where it lies.
#include "deploy/plan/schedule.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

using Id = TimedAllocator::Id;

/// A part of a tensor: some pixels, some bytes of each; or constants.
struct Piece {
  bool constants = false;
  std::size_t what = 0;
  std::uint32_t pixel = 0, pixels = 0, byte = 0, bytes = 0;  ///< bytes: of each pixel

  [[nodiscard]] std::uint32_t size() const { return pixels * bytes; }
  [[nodiscard]] bool meets(const Piece& o) const {
    return constants == o.constants && what == o.what && pixel < o.pixel + o.pixels &&
           o.pixel < pixel + pixels && byte < o.byte + o.bytes && o.byte < byte + bytes;
  }
  friend auto operator<=>(const Piece&, const Piece&) = default;
};

std::uint32_t pixel_bytes(unsigned channels, IntType type) {
  return fb_pixel_bytes(channels, bits(type));
}

Piece input_piece(const KernelLayer& l, TensorId tensor, IntType type, const Tile& tile) {
  const InputRows rows = input_rows(l, tile);
  Piece p{false,
          tensor,
          rows.y * l.in.width,
          rows.rows * l.in.width,
          0,
          pixel_bytes(l.in.channels, type)};
  if (l.splits_input_channels()) {
    p.byte = tile.c * bits(type) / 8;
    p.bytes = pixel_bytes(tile.channels, type);
  }
  return p;
}

Piece output_piece(const KernelLayer& l, TensorId tensor, const Tile& tile) {
  return {false,
          tensor,
          tile.y * l.out.width,
          tile.rows * l.out.width,
          tile.c * bits(l.out_type) / 8,
          pixel_bytes(tile.channels, l.out_type)};
}

class Scheduler {
 public:
  Scheduler(Plan& plan, const Machine& machine, const std::vector<std::vector<TensorId>>& inputs)
      : plan_(plan), machine_(machine), inputs_(inputs), l1_(machine.l1_begin, machine.l1_end) {
    plan_.steps.emplace_back();
  }

  void run() {
    for (std::size_t layer = 0; layer < plan_.layers.size(); ++layer) {
      for (const Tile& tile : tiles(plan_.layers[layer], plan_.tilings[layer])) {
        add_kernel(layer, tile);
      }
    }
    begin_step();  // the last store
    begin_step();
    for (Step& step : plan_.steps) add_transfers(step);
    plan_.l1 = l1_.blocks();
  }

 private:
  /// What a kernel reads.
  struct Operand {
    Piece piece;
    std::uint32_t stride = 0;                  ///< of pixels outside
    std::optional<Id> block{};                 ///< in L1
    std::optional<std::uint32_t> loaded_in{};  ///< step; none: it is there already
  };
  struct Request {
    std::size_t layer = 0;
    Tile tile{};
    std::vector<Operand> operands{};  ///< inputs, then constants if any
    Piece output{};
    std::uint32_t scratch_bytes = 0;
    Id output_block = 0;
    std::optional<Id> scratch_block{};
  };
  /// How to get a kernel's operands: each now, beside the kernel before, or in a step of its own.
  struct Way {
    bool inputs_now, constants_now;
    bool reuse;  ///< what is in L1
  };
  /// The output of a kernel: not yet on its way, or on its way in the last step.
  struct Output {
    Piece piece;
    std::uint32_t stride;
    Id block;
  };

  [[nodiscard]] std::uint32_t last_step() const {
    return static_cast<std::uint32_t>(plan_.steps.size() - 1);
  }

  Request request(std::size_t layer, const Tile& tile) {
    const KernelLayer& l = plan_.layers[layer];
    Request r{.layer = layer, .tile = tile, .output = output_piece(l, layer + 1, tile)};
    const std::array types = {l.in_type, l.second_type};
    for (std::size_t i = 0; i < inputs_[layer].size(); ++i) {
      r.operands.push_back({input_piece(l, inputs_[layer][i], types[i], tile),
                            pixel_bytes(l.in.channels, types[i])});
    }
    if (constant_bytes(l, tile.channels).sum() != 0) r.operands.push_back(constants(layer, tile));
    r.scratch_bytes = machine_.cores * plan_.tilings[layer].scratch_bytes;
    return r;
  }

  Operand constants(std::size_t layer, const Tile& tile) {
    const auto known = constants_.try_emplace({layer, tile.c}, plan_.constants.size());
    const std::uint32_t bytes = constant_bytes(plan_.layers[layer], tile.channels).sum();
    if (known.second) {
      plan_.constants.push_back(
          {.layer = layer, .c = tile.c, .channels = tile.channels, .bytes = bytes});
    }
    return {{true, known.first->second, 0, 1, 0, bytes}, bytes};
  }

  void add_kernel(std::size_t layer, const Tile& tile) {
    for (const Way way : {Way{true, true, true}, Way{false, true, true}, Way{true, false, true},
                          Way{false, false, true}, Way{false, false, false}}) {
      const TimedAllocator saved = l1_;
      Request r = request(layer, tile);
      if (attempt(r, way)) return commit(r);
      l1_ = saved;
    }
    throw std::logic_error("layer " + plan_.layers[layer].name + ": its tiles do not fit L1");
  }

  bool attempt(Request& r, const Way& way) {
    const std::uint32_t now = last_step();
    std::uint32_t run = now + 1;
    for (Operand& o : r.operands) {
      const auto at = present_.find(o.piece);
      if (way.reuse && at != present_.end() && l1_.extend(at->second, run)) {
        o.block = at->second;
        continue;
      }
      o.loaded_in = now;
      if (o.piece.constants ? way.constants_now : way.inputs_now) {
        if (made_ && made_->piece.meets(o.piece)) return false;
      } else {
        o.loaded_in = now + 1;
        run = now + 2;
      }
    }
    return place_all(r, run);
  }

  bool place_all(Request& r, std::uint32_t run) {
    const auto reads = [&](Id block) {
      return std::ranges::any_of(r.operands, [&](const Operand& o) { return o.block == block; });
    };
    for (const Operand& o : r.operands) {
      if (o.block && !l1_.extend(*o.block, run)) return false;
    }
    for (Operand& o : r.operands) {
      if (!o.loaded_in) continue;
      // It may overwrite an output that a move before it in the same step takes out of L1.
      const std::optional<Output>& leaving = *o.loaded_in == last_step() ? leaving_ : made_;
      std::optional<Id> may_overlap;
      if (leaving && !reads(leaving->block) && !read_now_.contains(leaving->block))
        may_overlap = leaving->block;
      const auto block = l1_.place(o.piece.size(), {*o.loaded_in, run}, may_overlap);
      if (!block) return false;
      o.block = block;
    }
    const auto output = l1_.place(r.output.size(), {run, run + 1});
    if (!output) return false;
    r.output_block = *output;
    if (r.scratch_bytes != 0) r.scratch_block = l1_.place(r.scratch_bytes, {run, run});
    return r.scratch_bytes == 0 || r.scratch_block;
  }

  void commit(const Request& r) {
    load(r);
    const bool later = std::ranges::any_of(
        r.operands, [&](const Operand& o) { return o.loaded_in == last_step() + 1; });
    if (later) {
      begin_step();
      load(r);
    }
    begin_step();
    Step& step = plan_.steps.back();
    const KernelLayer& l = plan_.layers[r.layer];
    step.layer = r.layer;
    step.tile = r.tile;
    std::vector<std::uint32_t*> places = {&step.input};
    if (l.inputs() == 2) places.push_back(&step.second);
    places.push_back(&step.constants);
    for (std::size_t i = 0; i < r.operands.size(); ++i) {
      *places[i] = l1_[*r.operands[i].block].address;
      read_now_.insert(*r.operands[i].block);
    }
    step.output = l1_[r.output_block].address;
    if (r.scratch_block) step.scratch = l1_[*r.scratch_block].address;
    step.cycles = kernel_cycles(machine_, l, r.tile, plan_.tilings[r.layer].scratch_bytes);
    made_ = {r.output, pixel_bytes(l.out.channels, l.out_type), r.output_block};
    present_[r.output] = r.output_block;
  }

  /// The moves of the last step for these operands.
  void load(const Request& r) {
    for (const Operand& o : r.operands) {
      if (o.loaded_in != last_step()) continue;
      add_move(o.piece.constants ? Move::Kind::LoadConstants : Move::Kind::Load, o.piece, o.stride,
               *o.block);
      present_[o.piece] = *o.block;
    }
  }

  /// A step takes as long as its kernel or its transfers.
  void add_transfers(Step& step) const {
    std::uint64_t moved = 0;
    for (const Move& m : step.moves)
      moved += transfer_cycles(machine_, std::uint64_t{m.bytes} * m.rows, m.bytes, place_of(m));
    step.cycles = std::max(step.cycles, moved) + kStepCycles;
  }

  [[nodiscard]] Outside place_of(const Move& m) const {
    return moves_tensor_in_l3(plan_, m) ? Outside::L3 : Outside::L2;
  }

  /// A new step, in which what has just been made leaves L1.
  void begin_step() {
    plan_.steps.emplace_back();
    read_now_.clear();
    leaving_ = std::exchange(made_, std::nullopt);
    if (leaving_) add_move(Move::Kind::Store, leaving_->piece, leaving_->stride, leaving_->block);
  }

  void add_move(Move::Kind kind, const Piece& p, std::uint32_t stride, Id block) {
    Move m{kind, p.what, l1_[block].address, p.pixel * stride + p.byte, p.size(), 1, 0};
    if (p.bytes != stride) m = {kind, p.what, m.l1, m.offset, p.bytes, p.pixels, stride};
    plan_.steps.back().moves.push_back(m);
  }

  Plan& plan_;
  const Machine& machine_;
  const std::vector<std::vector<TensorId>>& inputs_;
  TimedAllocator l1_;
  std::map<std::pair<std::size_t, unsigned>, std::size_t> constants_;  ///< layer, first channel
  std::map<Piece, Id> present_;    ///< what was in L1; it is still if its block can be extended
  std::set<Id> read_now_;          ///< by the last step's kernel
  std::optional<Output> made_;     ///< by the last step's kernel
  std::optional<Output> leaving_;  ///< stored in the last step
};

}  // namespace

void schedule(Plan& plan, const Machine& machine,
              const std::vector<std::vector<TensorId>>& inputs) {
  Scheduler(plan, machine, inputs).run();
}

}  // namespace freebits::models
