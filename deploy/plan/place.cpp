// SPDX-License-Identifier: Apache-2.0
// Places of tensors, constants and the step table in L2 and L3.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "base/error.hpp"
#include "deploy/plan/schedule.hpp"
#include "deploy/plan/stream_timeline.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

/// Estimates are short by so much at worst: what comes from L3 should be there earlier.
constexpr double kMargin = 1.15;
/// Transfers under way at a time: the L3 DMA queues 16.
constexpr std::size_t kMostStreams = 12;
constexpr std::uint32_t kMostStreamsOfStep = 4;
constexpr std::uint32_t kStreamBytes = 64 << 10;  ///< what one transfer brings at most

class Placement {
 public:
  Placement(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors)
      : plan_(plan), machine_(machine), l3_next_((machine.l3_begin + 7) & ~7U) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const Tensor& t = tensors[i];
      plan_.tensors[i].bytes =
          t.shape.height * t.shape.width * fb_pixel_bytes(t.shape.channels, bits(t.type));
    }
    find_lifetimes();
    begin_.push_back(0);
    for (const Step& step : plan_.steps)
      begin_.push_back(begin_.back() + static_cast<double>(step.cycles));
  }

  void run() {
    if (std::ranges::any_of(plan_.tensors, &TensorPlace::in_l3)) return with_spills();
    for (bool resident : {true, false}) {
      TimedAllocator l2(machine_.l2_begin, machine_.l2_end);
      if (!place_table(l2, false) || !place_tensors(l2)) break;
      if (resident && place_all_residents(l2)) return finish(l2);
      if (!resident && has_l3()) return stream(l2);
    }
    if (!has_l3()) fail_without_l3();
    with_spills();
  }

 private:
  [[nodiscard]] bool has_l3() const { return machine_.l3_end > machine_.l3_begin; }
  [[nodiscard]] std::uint32_t last_step() const {
    return static_cast<std::uint32_t>(plan_.steps.size() - 1);
  }

  void find_lifetimes() {
    std::vector<bool> stored(plan_.tensors.size(), false);
    stored[0] = true;  // the host has
    for (std::uint32_t s = 0; s < plan_.steps.size(); ++s) {
      for (const Move& m : plan_.steps[s].moves) {
        if (m.kind == Move::Kind::LoadConstants) {
          if (uses_.size() == m.what) {  // in the order of their first use
            uses_.push_back({s, s});
            loads_.push_back(0);
          }
          uses_[m.what].end = s;
          ++loads_[m.what];
          continue;
        }
        TensorPlace& t = plan_.tensors[m.what];
        if (!stored[m.what]) t.time.begin = s;
        stored[m.what] = true;
        if (m.kind == Move::Kind::Store) t.complete = s + 1;
        t.time.end = std::max(t.time.end, std::max(s, t.complete));
      }
    }
    plan_.tensors.back().time.end = last_step();
  }

  bool place_table(TimedAllocator& l2, bool in_l3) {
    plan_.step_table_bytes = 0;
    for (std::size_t s = 0; s < plan_.steps.size(); ++s)
      plan_.step_table_bytes += step_bytes(plan_, s);
    // What streams will add to the steps.
    plan_.step_table_bytes +=
        static_cast<std::uint32_t>(plan_.constants.size() * 24 + plan_.steps.size() * 8);
    if (in_l3) {
      plan_.step_table = place_in_l3(plan_.step_table_bytes, "the steps");
      return true;
    }
    const auto block = l2.place(plan_.step_table_bytes, {0, last_step()});
    if (block) plan_.step_table = l2[*block].address;
    return block.has_value();
  }

  std::uint32_t place_in_l3(std::uint32_t bytes, const std::string& what) {
    const std::uint32_t address = l3_next_;
    bytes = (bytes + 7) & ~7U;
    if (bytes > machine_.l3_end - address) {
      throw Error(fmt::format("{} of {} bytes: L3 has {} left of {}", what, bytes,
                              machine_.l3_end - address, machine_.l3_end - machine_.l3_begin));
    }
    l3_next_ += bytes;
    return address;
  }

  /// The largest first: what is small finds its place between them.
  bool place_tensors(TimedAllocator& l2) {
    std::vector<std::size_t> order(plan_.tensors.size());
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order, std::greater{},
                             [&](std::size_t i) { return plan_.tensors[i].bytes; });
    for (const std::size_t i : order) {
      TensorPlace& t = plan_.tensors[i];
      if (t.in_l3) continue;
      const auto block = l2.place(t.bytes, t.time);
      if (!block) {
        unplaced_ = i;
        return false;
      }
      t.address = l2[*block].address;
    }
    return true;
  }

  bool place_all_residents(TimedAllocator& l2) {
    for (std::size_t i = 0; i < plan_.constants.size(); ++i) {
      if (!make_resident(l2, i)) return false;
    }
    return true;
  }
  bool make_resident(TimedAllocator& l2, std::size_t index) {
    const auto block = l2.place(plan_.constants[index].bytes, {0, last_step()});
    if (!block) return false;
    plan_.constants[index].where = Constants::Where::Resident;
    plan_.constants[index].l2 = l2[*block].address;
    return true;
  }

  /// Constants that stream in one transfer.
  struct Group {
    std::size_t first, count;
    std::uint32_t bytes;
  };

  /// All constants: those of a layer together, but not too much.
  [[nodiscard]] std::vector<Group> groups() const {
    std::vector<Group> all;
    for (std::size_t i = 0; i < plan_.constants.size(); ++i) {
      const Constants& c = plan_.constants[i];
      if (!all.empty() && plan_.constants[all.back().first].layer == c.layer &&
          all.back().bytes + c.bytes <= kStreamBytes) {
        ++all.back().count;
        all.back().bytes += c.bytes;
      } else {
        all.push_back({i, 1, c.bytes});
      }
    }
    return all;
  }

  /// Weights that do not all fit. What streams takes room for a while only, but time of the L3 DMA:
  /// one after the other those become resident that are waited for, as far as that makes the
  /// waiting less. The first ones first: the later something is needed, the more time it has to
  /// come.
  void stream(const TimedAllocator& l2) {
    find_l3_steps();
    const std::vector<Group> all = groups();
    std::vector<bool> resident(all.size(), false);
    const std::uint32_t l3_begin = l3_next_;
    const auto attempt = [&] {
      l3_next_ = l3_begin;
      return stream(l2, all, resident);
    };
    Lateness least = *attempt();
    for (std::size_t g = 0; g < all.size() && least.cycles > 0; ++g) {
      if (least.of[all[g].first] <= 0) continue;
      resident[g] = true;
      std::optional<Lateness> lateness = attempt();
      if (lateness && lateness->cycles < least.cycles) {
        least = std::move(*lateness);
      } else {
        resident[g] = false;
      }
    }
    (void)attempt();
  }

  /// What a network waits for constants, by the cost model.
  struct Lateness {
    double cycles = 0;
    std::vector<double> of;  ///< each of them; of those that stream together the first
  };

  /// All groups but the resident ones, each as soon as there is room. Nothing when those do not
  /// fit.
  std::optional<Lateness> stream(TimedAllocator l2, const std::vector<Group>& all,
                                 const std::vector<bool>& resident) {
    plan_.streams.clear();
    arrived_.clear();
    free_from_ = 0;
    for (Step& step : plan_.steps) step.streams = step.l3_wait = 0;
    for (std::size_t g = 0; g < all.size(); ++g) {
      for (std::size_t k = all[g].first; resident[g] && k < all[g].first + all[g].count; ++k) {
        if (!make_resident(l2, k)) return std::nullopt;
      }
    }
    std::uint32_t earliest = 0;
    for (std::size_t g = 0; g < all.size(); ++g) {
      const auto& [first, count, bytes] = all[g];
      if (resident[g]) continue;
      for (std::size_t k = first; k < first + count; ++k) {
        Constants& c = plan_.constants[k];
        c.l3 = place_in_l3(c.bytes, "layer " + plan_.layers[c.layer].name + ": its weights");
      }
      if (stream_one(l2, first, count, earliest)) continue;
      for (std::size_t k = first; k < first + count; ++k) (void)stream_one(l2, k, 1, earliest);
    }
    finish(l2);
    return lateness();
  }

  void find_l3_steps() {
    moves_at_l3_.clear();
    for (const Step& step : plan_.steps) {
      moves_at_l3_.push_back(std::ranges::any_of(
          step.moves, [&](const Move& m) { return moves_tensor_in_l3(plan_, m); }));
    }
  }

  [[nodiscard]] Lateness lateness() const {
    StreamTimeline timeline(plan_, machine_, kMargin);
    for (const Step& step : plan_.steps) timeline.step(static_cast<double>(step.cycles));
    Lateness sum{0, std::vector<double>(plan_.constants.size(), 0.0)};
    for (std::size_t i = 0; i < plan_.streams.size(); ++i)
      sum.of[plan_.streams[i].first] = timeline.waits()[i];
    for (std::size_t i = 0; i < plan_.constants.size(); ++i) {
      const Constants& c = plan_.constants[i];
      if (c.where == Constants::Where::Direct)
        sum.of[i] = loads_[i] * stream_cycles(machine_, c.bytes);
    }
    sum.cycles = std::reduce(sum.of.begin(), sum.of.end());
    return sum;
  }

  /// Begins in the first step from `earliest` on that leaves room until the last use; if possible
  /// in one that moves no tensor to or from L3, which would wait for it. False: there is none, and
  /// they are read from L3 directly.
  bool stream_one(TimedAllocator& l2, std::size_t first, std::size_t count,
                  std::uint32_t& earliest) {
    Stream stream{first, count, 0, plan_.constants[first].l3, 0};
    Lifetime use = uses_[first];
    for (std::size_t i = first; i < first + count; ++i) {
      stream.bytes += plan_.constants[i].bytes;
      use.end = std::max(use.end, uses_[i].end);
      plan_.constants[i].where = Constants::Where::Direct;
    }
    // The queue of the L3 DMA holds no more.
    if (plan_.streams.size() >= kMostStreams) {
      const std::size_t finished = plan_.streams.size() - kMostStreams;
      earliest = std::max(earliest, arrived_[finished]);
      wait_for(finished, arrived_[finished]);
    }
    for (const bool beside_tensors : {false, true}) {
      for (std::uint32_t s = earliest; s < use.begin; ++s) {
        if (plan_.steps[s].streams >= kMostStreamsOfStep) continue;
        if (moves_at_l3_[s] && !beside_tensors) continue;
        const auto block = l2.place(stream.bytes, {s, use.end});
        if (!block) continue;
        stream.l2 = l2[*block].address;
        begin_stream(stream, s, use.begin);
        earliest = s;
        return true;
      }
    }
    return false;
  }

  void begin_stream(const Stream& stream, std::uint32_t step, std::uint32_t needed) {
    plan_.streams.push_back(stream);
    free_from_ =
        std::max(free_from_, begin_[step]) + kMargin * stream_cycles(machine_, stream.bytes);
    const auto by_then = std::ranges::lower_bound(begin_, free_from_) - begin_.begin();
    arrived_.push_back(std::min(needed, static_cast<std::uint32_t>(by_then)));
    ++plan_.steps[step].streams;
    wait_for(plan_.streams.size() - 1, needed);
    for (std::size_t i = stream.first; i < stream.first + stream.count; ++i) {
      Constants& c = plan_.constants[i];
      c.where = Constants::Where::Streamed;
      c.l2 = stream.l2 + (c.l3 - stream.l3);
    }
  }

  void wait_for(std::size_t stream, std::uint32_t step) {
    std::uint32_t& wait = plan_.steps[step].l3_wait;
    wait = std::max(wait, static_cast<std::uint32_t>(stream + 1));
  }

  /// Tensors that do not fit go to L3, the one that did not first, until the others do.
  void with_spills() {
    for (;;) {
      TimedAllocator l2(machine_.l2_begin, machine_.l2_end);
      l3_next_ = (machine_.l3_begin + 7) & ~7U;
      for (std::size_t i = 0; i < plan_.tensors.size(); ++i) {
        TensorPlace& t = plan_.tensors[i];
        if (t.in_l3) t.address = place_in_l3(t.bytes, name_of(i));
      }
      (void)place_table(l2, true);
      if (place_tensors(l2)) return stream(l2);
      plan_.tensors[unplaced_].in_l3 = true;
    }
  }

  [[nodiscard]] std::string name_of(std::size_t tensor) const {
    return tensor == 0 ? "the input" : "the output of layer " + plan_.layers[tensor - 1].name;
  }

  [[noreturn]] void fail_without_l3() const {
    std::uint64_t constants = 0;
    for (const Constants& c : plan_.constants) constants += c.bytes;
    std::uint64_t most = 0;
    std::size_t where = 0;
    for (std::uint32_t s = 0; s <= last_step(); ++s) {
      std::uint64_t live = 0;
      for (const TensorPlace& t : plan_.tensors)
        if (t.time.meets({s, s})) live += t.bytes;
      if (live <= most) continue;
      most = live;
      if (plan_.steps[s].layer) where = *plan_.steps[s].layer;
    }
    throw Error(fmt::format(
        "layer {} needs {} bytes of L2 for tensors beside {} of all weights and {} of steps; {} "
        "available, and the target has no L3",
        plan_.layers[where].name, most, constants, plan_.step_table_bytes,
        machine_.l2_end - machine_.l2_begin));
  }

  void finish(const TimedAllocator& l2) { plan_.l2 = l2.blocks(); }

  Plan& plan_;
  const Machine& machine_;
  std::uint32_t l3_next_;
  std::size_t unplaced_ = 0;
  std::vector<double> begin_;           ///< of steps, cycles by the cost model
  double free_from_ = 0;                ///< cycle: when the L3 DMA has nothing left to do
  std::vector<std::uint32_t> arrived_;  ///< of streams: a step before which it is there
  std::vector<bool> moves_at_l3_;       ///< steps: tensors, to or from L3
  std::vector<Lifetime> uses_;          ///< of constants: first and last load
  std::vector<unsigned> loads_;         ///< of constants: how many
};

}  // namespace

void place(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors) {
  Placement(plan, machine, tensors).run();
}

}  // namespace freebits::models
