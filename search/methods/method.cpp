// SPDX-License-Identifier: Apache-2.0
#include "search/methods/method.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace freebits::search {
namespace {

std::string_view name_of(const Method* method) { return method->facts().name; }

const Method& method_of(std::string_view name) {
  const auto all = all_methods();
  const auto found = std::ranges::find(all, name, name_of);
  if (found == all.end() || (*found)->facts().is_baseline)
    throw Error(fmt::format("--method {}: expected one of {}", name, method_names()));
  return **found;
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::optional<Proposal> Method::at(const MethodContext& /*context*/, double /*fraction*/) const {
  return std::nullopt;
}

std::size_t Method::most_proposals(const MethodOptions& options) const {
  return facts_.uses_fractions ? options.fractions.size() : 1;
}

Proposal Method::labelled(std::string label, models::BitWidths widths) const {
  return {std::string(facts_.name), std::move(label), {}, {}, std::move(widths)};
}

Proposal Method::with_strength(double strength, models::BitWidths widths) const {
  Proposal proposal = labelled(fmt::format("{} {}", facts_.name, strength), std::move(widths));
  proposal.strength = strength;
  return proposal;
}

Proposal Method::with_fraction(double fraction, models::BitWidths widths) const {
  Proposal proposal =
      labelled(fmt::format("{} {:.0f} %", facts_.name, 100 * fraction), std::move(widths));
  proposal.fraction = fraction;
  return proposal;
}

Methods methods_named(std::span<const std::string> names) {
  std::vector<std::string_view> wanted(names.begin(), names.end());
  for (const std::string& name : names) {
    const auto& with = method_of(name).facts().with;
    wanted.insert(wanted.end(), with.begin(), with.end());
  }
  Methods methods;
  for (const Method* const method : all_methods()) {
    if (method->facts().is_baseline || contains(wanted, name_of(method))) methods.push_back(method);
  }
  return methods;
}

std::string method_names() {
  std::vector<std::string_view> names;
  for (const Method* const method : all_methods()) {
    if (!method->facts().is_baseline) names.push_back(name_of(method));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view present_name(std::string_view name) {
  for (const Method* const method : all_methods()) {
    if (contains(method->facts().old_names, name)) return name_of(method);
  }
  return name;
}

}  // namespace freebits::search
