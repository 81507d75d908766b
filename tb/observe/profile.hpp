// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tb/cluster/cluster.hpp"
#include "tb/core/accounting.hpp"
#include "tb/program/debug_info.hpp"

namespace freebits::tb {

/// Where the cycles of all cores went, by function and source line. A cycle is counted for the next
/// instruction that its core retires, the bubbles of a jump for the jump. Every cycle is therefore
/// counted once, and all rows add up to the cycles of the cluster times its cores.
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
  /// Rows in falling order of cycles. Call these after the run: cycles for which no instruction has
  /// retired yet are counted for the last one.
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

/// The rows as a table: one line each, with percentages of the cycles of all cores.
[[nodiscard]] std::string format_profile(const std::vector<Profile::Row>& rows,
                                         const std::string& title, std::size_t limit);

}  // namespace freebits::tb
