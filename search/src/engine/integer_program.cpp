// SPDX-License-Identifier: Apache-2.0
#include "engine/integer_program.hpp"

#include <Cbc_C_Interface.h>

#include <memory>
#include <stdexcept>
#include <utility>

namespace freebits::search {
namespace {

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

std::optional<std::vector<double>> IntegerProgram::solve() const {
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
  if (Cbc_isProvenInfeasible(model.get()) != 0) return std::nullopt;
  if (Cbc_isProvenOptimal(model.get()) == 0)
    throw std::runtime_error(
        "integer program: CBC found neither an optimum nor that there is none");
  const double* const values = Cbc_getColSolution(model.get());
  return std::vector<double>(values, values + columns);
}

}  // namespace freebits::search
