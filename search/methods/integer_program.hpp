// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/stop.hpp"

namespace freebits::search {

/// Least sum of cost · column over columns in 0 … 1, some of them 0 or 1 only, under linear rows.
class IntegerProgram {
 public:
  struct Term {
    std::size_t column = 0;
    double factor = 0;
  };

  /// Both return the index.
  std::size_t add_column(double cost, bool integer);
  std::size_t add_row(std::vector<Term> terms, double least, double most);

  /// The columns of an optimum; nothing when the rows contradict each other. Throws
  /// std::runtime_error when the solver gives up, Interrupted when `stop` is requested.
  [[nodiscard]] std::optional<std::vector<double>> solve(StopToken stop = {}) const;

 private:
  [[nodiscard]] std::string solve_here() const;

  struct Row {
    std::vector<Term> terms;
    double least, most;
  };
  std::vector<double> costs_;
  std::vector<bool> integer_;
  std::vector<Row> rows_;
};

}  // namespace freebits::search
