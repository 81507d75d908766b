// SPDX-License-Identifier: Apache-2.0
#include "search/methods/integer_program.hpp"

#include <Cbc_C_Interface.h>

#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "base/process_apart.hpp"

namespace freebits::search {
namespace {

const std::string kInfeasible = "infeasible";  // no multiple of 8 bytes

struct Delete {
  void operator()(Cbc_Model* model) const { Cbc_deleteModel(model); }
};

}  // namespace

std::size_t IntegerProgram::add_column(double cost, bool integer) {
  costs_.push_back(cost);
  integer_.push_back(integer);
  return costs_.size() - 1;
}

std::size_t IntegerProgram::add_row(std::vector<Term> terms, double least, double most) {
  rows_.push_back({std::move(terms), least, most});
  return rows_.size() - 1;
}

std::optional<std::vector<double>> IntegerProgram::solve(StopToken stop) const {
  // CBC asks nobody whether it should stop, and takes SIGINT to itself meanwhile.
  const auto result = run_apart([this] { return solve_here(); }, stop);
  if (!result || result->bytes.empty())
    throw std::runtime_error(
        "integer program: CBC found neither an optimum nor that there is none");
  if (result->bytes == kInfeasible) return std::nullopt;
  std::vector<double> values(costs_.size());
  if (result->bytes.size() != values.size() * sizeof(double))
    throw std::runtime_error("integer program: CBC's answer was cut short");
  std::memcpy(values.data(), result->bytes.data(), result->bytes.size());
  return values;
}

/// The columns' bytes, kInfeasible, or nothing when the solver gives up.
std::string IntegerProgram::solve_here() const {
  const std::size_t columns = costs_.size();
  std::vector<std::vector<std::pair<int, double>>> by_column(columns);
  std::vector<double> least, most;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (const Term& term : rows_[r].terms)
      by_column[term.column].emplace_back(static_cast<int>(r), term.factor);
    least.push_back(rows_[r].least);
    most.push_back(rows_[r].most);
  }
  std::vector<CoinBigIndex> starts = {0};
  std::vector<int> indices;
  std::vector<double> factors;
  for (const auto& column : by_column) {
    for (const auto& [row, factor] : column) {
      indices.push_back(row);
      factors.push_back(factor);
    }
    starts.push_back(static_cast<CoinBigIndex>(indices.size()));
  }
  const std::vector<double> zeros(columns, 0), ones(columns, 1);
  const std::unique_ptr<Cbc_Model, Delete> model(Cbc_newModel());
  Cbc_setLogLevel(model.get(), 0);
  Cbc_loadProblem(model.get(), static_cast<int>(columns), static_cast<int>(rows_.size()),
                  starts.data(), indices.data(), factors.data(), zeros.data(), ones.data(),
                  costs_.data(), least.data(), most.data());
  for (std::size_t c = 0; c < columns; ++c) {
    if (integer_[c]) Cbc_setInteger(model.get(), static_cast<int>(c));
  }
  Cbc_setParameter(model.get(), "ratioGap", "1e-6");
  Cbc_solve(model.get());
  if (Cbc_isProvenInfeasible(model.get()) != 0) return kInfeasible;
  if (Cbc_isProvenOptimal(model.get()) == 0) return "";
  const double* const values = Cbc_getColSolution(model.get());
  return {reinterpret_cast<const char*>(values), columns * sizeof(double)};
}

}  // namespace freebits::search
