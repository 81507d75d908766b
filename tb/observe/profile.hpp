// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tb/cluster/cluster.hpp"
#include "tb/core/accounting.hpp"
#include "tb/program/debug_info.hpp"

namespace freebits::tb {

/// Where the cycles of all cores went, by function and source line. A cycle belongs to the next
/// instruction its core retires, the bubbles of a jump to the jump; so every cycle is counted once
/// and the rows add up to the cluster's cycles times its cores.
class Profile final : public ClusterObserver {
 public:
  Profile(const DebugInfo& info, unsigned cores);
  bool cycle(const CycleView& view) override;

  struct Row {
    std::string where;  ///< function, or file:line; "(no symbol)", "(before the first instruction)"
    std::uint64_t cycles = 0;
    std::uint64_t instructions = 0;
    Accounting accounting{};
  };
  /// Most cycles first. Call after the run: cycles no instruction has retired for yet go to the
  /// last one.
  [[nodiscard]] std::vector<Row> by_function() const;
  [[nodiscard]] std::vector<Row> by_line() const;

 private:
  struct Cell {
    std::uint32_t pc = 0;
    std::uint64_t instructions = 0;
    Accounting accounting{};
  };
  struct Core {
    Accounting pending{};
    Cell* last = nullptr;
  };
  Cell& cell(std::uint32_t pc);
  template <class Key>
  std::vector<Row> collect(const Key& key) const;

  const DebugInfo& info_;
  std::vector<Core> cores_;
  static constexpr std::size_t kPageCells = 2048;
  std::uint32_t base_ = 0;  ///< page i covers kPageCells halfwords from base_ + 2 * kPageCells * i
  std::size_t cells_ = 0;
  std::vector<std::vector<Cell>> pages_;  ///< empty until something runs there
  Cell elsewhere_;
};

/// The table a performance engineer reads: one line a row, percentages of all core cycles.
[[nodiscard]] std::string format_profile(const std::vector<Profile::Row>& rows,
                                         const std::string& title, std::size_t limit);

}  // namespace freebits::tb
