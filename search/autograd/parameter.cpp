// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/parameter.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "base/error.hpp"

namespace freebits::search {

Parameter& Parameters::add(std::string name, Role role, std::size_t size) {
  if (size == 0) throw Error(name + ": 0 values, expected at least 1");
  if (find(name) != nullptr) throw Error(name + ": a parameter of that name exists");
  Parameter& p = all_.emplace_back();
  p.name = std::move(name);
  p.role = role;
  p.value = Buffer(size);
  if (role != Role::Statistic) p.gradient = Buffer(size);
  return p;
}

const Parameter* Parameters::find(std::string_view name) const {
  for (const Parameter& p : all_) {
    if (p.name == name) return &p;
  }
  return nullptr;
}

Parameter* Parameters::find(std::string_view name) {
  return const_cast<Parameter*>(std::as_const(*this).find(name));
}

const Parameter& Parameters::at(std::string_view name) const {
  if (const Parameter* const p = find(name)) return *p;
  throw Error(fmt::format("no parameter '{}'", name));
}

Parameter& Parameters::at(std::string_view name) {
  return const_cast<Parameter&>(std::as_const(*this).at(name));
}

}  // namespace freebits::search
