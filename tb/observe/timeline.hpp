// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tb/cluster/cluster.hpp"
#include "tb/program/debug_info.hpp"

namespace freebits::tb {

/// A trace for ui.perfetto.dev (Chrome's JSON trace format, 1 ns = 1 cycle): per core its functions
/// and its stalls, bytes moved by the DMA and at the outside port, bank conflicts. The file stays
/// below about 60 MB for any length of run: beyond kMaxSlices, neighbouring slices are merged under
/// the name of the longest, twice as coarse each time, and the intervals of counters double beyond
/// kMaxIntervals. The resolution that was reached is written to the file.
class Timeline final : public ClusterObserver {
 public:
  static constexpr std::size_t kMaxSlices = 400'000;
  static constexpr std::size_t kMaxIntervals = 1 << 15;

  Timeline(const DebugInfo& info, unsigned cores);
  bool cycle(const CycleView& view) override;
  /// Writes the file, completely or not at all. Throws Error when it cannot be written.
  void write(const std::filesystem::path& file);

  /// Slices shorter than this number of cycles have been merged; 1: none have.
  [[nodiscard]] std::uint64_t resolution() const { return resolution_; }

 private:
  struct Slice {
    std::uint64_t begin = 0, end = 0;
    std::int32_t label = 0;  ///< function index, activity or -1
    std::uint32_t longest =
        0;  ///< cycles of the piece that gave a merged slice its name; 0: not merged
  };
  struct Track {
    std::vector<Slice> done;
    Slice open;
    bool is_open = false;
  };
  /// Sums per interval.
  struct Counter {
    const char* name;
    std::vector<std::uint32_t> sums;
  };

  void enter(Track& track, std::int32_t label, std::uint64_t now);
  void leave(Track& track, std::uint64_t now);
  void count(Counter& counter, std::uint32_t amount, std::uint64_t now);
  void compact();
  std::size_t compact(Track& track) const;
  bool merge(Slice& last, const Slice& next) const;

  const DebugInfo& info_;
  std::vector<Track> functions_, stalls_;  ///< per core
  Track dma_;
  std::vector<std::uint32_t> last_pc_;
  std::vector<Counter> counters_;
  std::uint64_t interval_ = 16;
  std::uint64_t resolution_ = 1;
  std::uint64_t end_ = 0;
  std::size_t slices_ = 0;
};

}  // namespace freebits::tb
