// SPDX-License-Identifier: Apache-2.0
#include "base/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace freebits {

std::string shown(const Json& value) {
  constexpr std::size_t kMost = 40;
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMost) text = text.substr(0, kMost) + " …";
  return text;
}

void refuse_unknown(const Json& object, const std::string& where,
                    const std::vector<std::string>& known) {
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(known, key) == known.end()) {
      throw Error(fmt::format("{}: unknown key {}; the nearest is \"{}\"", where, shown(key),
                              nearest(key, known)));
    }
  }
}

Fields::Fields(const Json& value, std::string where) : object_(&value), where_(std::move(where)) {
  if (!value.is_object())
    throw Error(fmt::format("{}: {}, expected an object", where_, shown(value)));
}

void Fields::fail(std::string_view key, std::string_view got, std::string_view expected) const {
  throw Error(fmt::format("{}: {}: {}, expected {}", where_, key, got, expected));
}

const Json& Fields::take(const std::string& key) {
  taken_.push_back(key);
  const auto found = object_->find(key);
  if (found != object_->end()) return *found;
  std::vector<std::string> others;
  for (const auto& [other, value] : object_->items()) {
    if (std::ranges::find(taken_, other) == taken_.end()) others.push_back(other);
  }
  const std::string misspelt = nearest(key, others);
  throw Error(
      fmt::format("{}: key \"{}\" is missing{}", where_, key,
                  misspelt.empty() ? "" : fmt::format("; the nearest is {}", shown(misspelt))));
}

Fields Fields::object(const std::string& key) {
  return {take(key), fmt::format("{}: {}", where_, key)};
}

const Json& Fields::list(const std::string& key) {
  const Json& value = take(key);
  if (!value.is_array()) fail(key, shown(value), "a list");
  return value;
}

std::string Fields::text(const std::string& key) {
  const Json& value = take(key);
  if (!value.is_string()) fail(key, shown(value), "a text");
  return value;
}

bool Fields::flag(const std::string& key) {
  const Json& value = take(key);
  if (!value.is_boolean()) fail(key, shown(value), "true or false");
  return value;
}

namespace {

bool within(const Json& value, std::int64_t least, std::int64_t most) {
  if (value.is_number_unsigned())
    return std::cmp_greater_equal(value.get<std::uint64_t>(), least) &&
           std::cmp_less_equal(value.get<std::uint64_t>(), most);
  return value.is_number_integer() && value.get<std::int64_t>() >= least &&
         value.get<std::int64_t>() <= most;
}

}  // namespace

std::int64_t Fields::number(const std::string& key, std::int64_t least, std::int64_t most) {
  const Json& value = take(key);
  if (!within(value, least, most))
    fail(key, shown(value), fmt::format("a whole number, {} to {}", least, most));
  return value;
}

double Fields::real(const std::string& key, double least, double most) {
  const Json& value = take(key);
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  if (!(number >= least && number <= most))
    fail(key, shown(value), fmt::format("a number, {} to {}", least, most));
  return number;
}

unsigned Fields::size(const std::string& key, unsigned most) {
  return static_cast<unsigned>(number(key, 0, most));
}

std::vector<std::int64_t> Fields::numbers(const std::string& key, std::int64_t least,
                                          std::int64_t most) {
  std::vector<std::int64_t> all;
  for (const Json& value : list(key)) {
    if (!within(value, least, most))
      fail(key, shown(value), fmt::format("whole numbers, {} to {}", least, most));
    all.push_back(value);
  }
  return all;
}

std::size_t Fields::choice(const std::string& key, const std::vector<std::string>& names) {
  const std::string value = text(key);
  const auto found = std::ranges::find(names, value);
  if (found == names.end())
    fail(key, shown(value), fmt::format("one of {}", fmt::join(names, ", ")));
  return static_cast<std::size_t>(found - names.begin());
}

void Fields::finish() const { refuse_unknown(*object_, where_, taken_); }

}  // namespace freebits
