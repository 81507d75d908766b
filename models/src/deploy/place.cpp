// SPDX-License-Identifier: Apache-2.0
// Places of tensors, constants and the step table in L2 and L3.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <ranges>
#include <stdexcept>

#include "freebits/kernel_layout.h"
#include "schedule.hpp"

namespace freebits::models {
namespace {

/// Estimates are short by so much at worst: what comes from L3 starts earlier.
constexpr double kMargin = 1.15;
/// Transfers under way at a time: the L3 DMA queues 16.
constexpr std::size_t kMostStreams = 12;
constexpr std::uint32_t kMostStreamsOfStep = 4;
constexpr std::uint32_t kStreamBytes = 128 << 10;  ///< what one transfer brings at most

class Placement {
 public:
  Placement(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors)
      : plan_(plan), machine_(machine), l3_next_((machine.l3_begin + 7) & ~7U) {
    for (const Tensor& t : tensors) {
      TensorPlace p;
      p.bytes = t.shape.height * t.shape.width * fb_pixel_bytes(t.shape.channels, bits(t.type));
      plan_.tensors.push_back(p);
    }
    find_lifetimes();
  }

  void run() {
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
          if (uses_.size() == m.what) uses_.push_back({s, s});  // in the order of their first use
          uses_[m.what].end = s;
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
      throw std::invalid_argument(fmt::format("{} of {} bytes: L3 has {} left of {}", what, bytes,
                                              machine_.l3_end - address,
                                              machine_.l3_end - machine_.l3_begin));
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
    double latest_start = 0;  ///< cycle; negative: it cannot arrive in time
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
    find_latest_starts(all);
    return all;
  }

  /// Backwards from the end: each arrives before its first use, and before the next begins.
  void find_latest_starts(std::vector<Group>& all) const {
    std::vector<double> begin(plan_.steps.size() + 1, 0.0);
    for (std::size_t s = 0; s < plan_.steps.size(); ++s)
      begin[s + 1] = begin[s] + static_cast<double>(plan_.steps[s].cycles);
    double next = begin.back();
    for (Group& g : all | std::views::reverse) {
      next = std::min(next, begin[uses_[g.first].begin]) - kMargin * stream_cycles(g.bytes);
      g.latest_start = next;
    }
  }
  [[nodiscard]] double stream_cycles(std::uint32_t bytes) const {
    const double bursts = (bytes + machine_.l3_burst_bytes - 1) / machine_.l3_burst_bytes;
    return machine_.l3_latency + bytes / machine_.l3_bytes_per_cycle +
           bursts * machine_.l3_burst_setup;
  }

  /// Constants in L3; the first ones, which nothing can hide, in L2 as far as they fit.
  void stream(TimedAllocator& l2) {
    std::uint32_t earliest = 0;
    bool resident = true;
    for (const Group& g : groups()) {
      resident = resident && g.latest_start < 0 && make_resident(l2, g);
      if (resident) continue;
      for (std::size_t k = g.first; k < g.first + g.count; ++k) {
        Constants& c = plan_.constants[k];
        c.l3 = place_in_l3(c.bytes, "layer " + plan_.layers[c.layer].name + ": its weights");
      }
      earliest = std::max(earliest, step_before(g.latest_start));
      if (stream_one(l2, g.first, g.count, earliest)) continue;
      for (std::size_t k = g.first; k < g.first + g.count; ++k)
        (void)stream_one(l2, k, 1, earliest);
    }
    finish(l2);
  }
  bool make_resident(TimedAllocator& l2, const Group& g) {
    TimedAllocator with = l2;
    for (std::size_t k = g.first; k < g.first + g.count; ++k) {
      if (!make_resident(with, k)) return false;
    }
    l2 = std::move(with);
    return true;
  }

  [[nodiscard]] std::uint32_t step_before(double cycle) const {
    double begin = 0;
    std::uint32_t step = 0;
    for (; step < last_step(); ++step) {
      begin += static_cast<double>(plan_.steps[step].cycles);
      if (begin > cycle) break;
    }
    return step;
  }

  /// Begins in the first step from `earliest` on that leaves room until the last use. False: there
  /// is none, and they are read from L3 directly.
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
    if (plan_.streams.size() >= kMostStreams)
      earliest = std::max(earliest, arrived_[plan_.streams.size() - kMostStreams]);
    for (std::uint32_t s = earliest; s < use.begin; ++s) {
      if (plan_.steps[s].streams >= kMostStreamsOfStep) continue;
      const auto block = l2.place(stream.bytes, {s, use.end});
      if (!block) continue;
      stream.l2 = l2[*block].address;
      begin_stream(stream, s, use.begin);
      earliest = s;
      return true;
    }
    return false;
  }

  void begin_stream(const Stream& stream, std::uint32_t step, std::uint32_t needed) {
    plan_.streams.push_back(stream);
    arrived_.push_back(needed);
    ++plan_.steps[step].streams;
    std::uint32_t& wait = plan_.steps[needed].l3_wait;
    wait = std::max(wait, static_cast<std::uint32_t>(plan_.streams.size()));
    for (std::size_t i = stream.first; i < stream.first + stream.count; ++i) {
      Constants& c = plan_.constants[i];
      c.where = Constants::Where::Streamed;
      c.l2 = stream.l2 + (c.l3 - stream.l3);
    }
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
    throw std::invalid_argument(fmt::format(
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
  std::vector<std::uint32_t> arrived_;  ///< of streams: the step that waits for it
  std::vector<Lifetime> uses_;          ///< of constants: first and last load
};

}  // namespace

void place(Plan& plan, const Machine& machine, const std::vector<Tensor>& tensors) {
  Placement(plan, machine, tensors).run();
}

}  // namespace freebits::models
