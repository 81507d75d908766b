// SPDX-License-Identifier: Apache-2.0
#include "tb/observe/timeline.hpp"

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <bit>
#include <system_error>

#include "base/error.hpp"

namespace freebits::tb {
namespace {

constexpr auto kExecuting = static_cast<std::int32_t>(Activity::Executing);
constexpr int kCores = 1, kMachine = 2;  // processes of the trace
enum CounterIndex { kDmaBytes, kOutsideRead, kOutsideWritten, kConflicts };

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

/// Microseconds, the unit of the format, when a cycle is a nanosecond.
std::string time(std::uint64_t cycle) {
  return fmt::format("{}.{:03}", cycle / 1000, cycle % 1000);
}

}  // namespace

Timeline::Timeline(const DebugInfo& info, unsigned cores)
    : info_(info),
      functions_(cores),
      stalls_(cores),
      last_pc_(cores, 1),
      counters_{{"DMA bytes in L1", {}},
                {"bytes read outside", {}},
                {"bytes written outside", {}},
                {"bank conflicts", {}}} {}

void Timeline::enter(Track& track, std::int32_t label, std::uint64_t now) {
  if (track.is_open && track.open.label == label) return;
  leave(track, now);
  track.open = {now, now, label, 0};
  track.is_open = true;
}

void Timeline::leave(Track& track, std::uint64_t now) {
  if (!track.is_open) return;
  track.is_open = false;
  track.open.end = now;
  if (now == track.open.begin) return;
  if (!track.done.empty() && merge(track.done.back(), track.open)) return;
  track.done.push_back(track.open);
  if (++slices_ > kMaxSlices) compact();
}

void Timeline::count(Counter& counter, std::uint32_t amount, std::uint64_t now) {
  if (amount == 0) return;
  while (now / interval_ >= kMaxIntervals) {
    interval_ *= 2;
    for (Counter& c : counters_) {
      for (std::size_t i = 0; i < c.sums.size(); i += 2) {
        c.sums[i / 2] = c.sums[i] + (i + 1 < c.sums.size() ? c.sums[i + 1] : 0);
      }
      c.sums.resize((c.sums.size() + 1) / 2);
    }
  }
  const std::size_t index = now / interval_;
  if (counter.sums.size() <= index) counter.sums.resize(index + 1);
  counter.sums[index] += amount;
}

void Timeline::compact() {
  while (slices_ > kMaxSlices / 2) {
    resolution_ *= 2;
    slices_ = compact(dma_);
    for (Track& track : functions_) slices_ += compact(track);
    for (Track& track : stalls_) slices_ += compact(track);
  }
}

/// Both shorter than the resolution, and the gap between them: `last` becomes both.
bool Timeline::merge(Slice& last, const Slice& next) const {
  const auto piece = [](const Slice& s) {
    return s.longest != 0 ? s.longest : static_cast<std::uint32_t>(s.end - s.begin);
  };
  if (next.end - next.begin >= resolution_ || last.end - last.begin >= resolution_ ||
      next.begin - last.end >= resolution_) {
    return false;
  }
  const std::uint32_t longest = std::max(piece(last), piece(next));
  if (piece(next) > piece(last)) last.label = next.label;
  last.longest = longest;
  last.end = next.end;
  return true;
}

std::size_t Timeline::compact(Track& track) const {
  std::vector<Slice>& done = track.done;
  std::size_t kept = 0;
  for (const Slice& slice : done) {
    if (kept == 0 || !merge(done[kept - 1], slice)) done[kept++] = slice;
  }
  done.resize(kept);
  return kept;
}

bool Timeline::cycle(const CycleView& view) {
  const std::uint64_t now = view.cycle;
  end_ = now + 1;
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    if (const isa::Retired* r = view.retired[i]) {
      // The search only when control has moved: most instructions follow the one before.
      const auto& functions = info_.functions();
      const std::int32_t at = functions_[i].is_open ? functions_[i].open.label : -1;
      const bool inside = at >= 0 && r->pc >= functions[static_cast<std::size_t>(at)].begin &&
                          r->pc < functions[static_cast<std::size_t>(at)].end;
      if (!inside) enter(functions_[i], info_.function_at(r->pc), now);
    }
    const auto activity = static_cast<std::int32_t>(view.activity[i]);
    if (activity == kExecuting) {
      leave(stalls_[i], now);
    } else {
      enter(stalls_[i], activity, now);
    }
  }
  if (view.dma_busy) {
    enter(dma_, 0, now);
  } else {
    leave(dma_, now);
  }
  for (const BusAccess& access : view.accesses) {
    if (access.master < functions_.size()) continue;
    const int bytes = access.write ? std::popcount(access.byte_enable) : 4;
    count(counters_[kDmaBytes], static_cast<std::uint32_t>(bytes), now);
  }
  if (view.outside_request && view.outside_request->write) {
    const int bytes = std::popcount(view.outside_request->byte_enable);
    count(counters_[kOutsideWritten], static_cast<std::uint32_t>(bytes), now);
  } else if (view.outside_request) {
    count(counters_[kOutsideRead], 8, now);
  }
  count(counters_[kConflicts], static_cast<std::uint32_t>(std::popcount(view.tcdm_conflicts)), now);
  return true;
}

void Timeline::write(const std::filesystem::path& file) try {
  for (Track& track : functions_) leave(track, end_);
  for (Track& track : stalls_) leave(track, end_);
  leave(dma_, end_);

  const std::filesystem::path part = file.string() + ".part";
  {
    fmt::ostream out = fmt::output_file(part.string());
    out.print("{{\"displayTimeUnit\":\"ns\",\"otherData\":{{\"unit\":\"1 ns = 1 cycle\",");
    out.print("\"resolution_cycles\":{},\"counter_interval_cycles\":{}}},", resolution_, interval_);
    out.print("\"traceEvents\":[\n");
    const auto name = [&out](const char* kind, int process, std::size_t thread,
                             const std::string& text) {
      out.print(
          "{{\"ph\":\"M\",\"name\":\"{}\",\"pid\":{},\"tid\":{},\"args\":{{\"name\":\"{}\"}}}},\n",
          kind, process, thread, text);
    };
    const auto slices = [&out](const Track& track, int process, std::size_t thread,
                               const auto& label) {
      for (const Slice& s : track.done) {
        out.print(
            "{{\"ph\":\"X\",\"name\":\"{}{}\",\"pid\":{},\"tid\":{},\"ts\":{},\"dur\":{}}},\n",
            label(s.label), s.longest != 0 ? " …" : "", process, thread, time(s.begin),
            time(s.end - s.begin));
      }
    };
    const auto function = [this](std::int32_t label) {
      return label < 0 ? std::string("(no symbol)")
                       : escaped(info_.functions()[static_cast<std::size_t>(label)].name);
    };
    const auto activity = [](std::int32_t label) {
      return std::string(kActivityNames[static_cast<std::size_t>(label)]);
    };
    name("process_name", kCores, 0, "cores");
    name("process_name", kMachine, 0, "memory");
    for (std::size_t i = 0; i < functions_.size(); ++i) {
      name("thread_name", kCores, 2 * i + 1, fmt::format("core {}", i));
      name("thread_name", kCores, 2 * i + 2, fmt::format("core {} stalls", i));
      slices(functions_[i], kCores, 2 * i + 1, function);
      slices(stalls_[i], kCores, 2 * i + 2, activity);
    }
    name("thread_name", kMachine, 1, "DMA");
    slices(dma_, kMachine, 1, [](std::int32_t) { return std::string("transfer"); });
    for (const Counter& counter : counters_) {
      std::uint32_t last = 0;
      for (std::size_t i = 0; i < counter.sums.size() + 1; ++i) {
        const std::uint32_t now = i < counter.sums.size() ? counter.sums[i] : 0;
        if (i != 0 && now == last) continue;
        last = now;
        out.print(
            "{{\"ph\":\"C\",\"name\":\"{}\",\"pid\":{},\"ts\":{},\"args\":{{\"per "
            "cycle\":{:.4g}}}}},\n",
            counter.name, kMachine, time(i * interval_),
            static_cast<double>(now) / static_cast<double>(interval_));
      }
    }
    // Ends the list without a trailing comma, and shows the whole run.
    out.print("{{\"ph\":\"i\",\"s\":\"g\",\"name\":\"end\",\"pid\":{},\"tid\":1,\"ts\":{}}}\n]}}\n",
              kCores, time(end_));
    out.close();
  }
  std::filesystem::rename(part, file);
} catch (const std::system_error& error) {
  std::error_code ignored;
  std::filesystem::remove(file.string() + ".part", ignored);
  throw Error(fmt::format("{}: cannot be written: {}", file.string(), error.code().message()));
}

}  // namespace freebits::tb
