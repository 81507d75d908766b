// SPDX-License-Identifier: Apache-2.0
#include "models/graph/kinds/op_fields.hpp"

#include <fmt/format.h>

#include <limits>

namespace freebits::models {
namespace {

constexpr std::int64_t kMostU32 = std::numeric_limits<std::uint32_t>::max();

Requantization requantization_in(Fields fields) {
  Requantization r;
  r.pre = static_cast<std::uint8_t>(fields.number("pre", 0, kMostShift));
  r.shift = static_cast<std::uint8_t>(fields.number("shift", 1, kMostShift));
  const std::vector<std::int64_t> mul = fields.numbers("mul", 0, kMostU32);
  const std::vector<std::int64_t> add = fields.numbers("add", kLeast32, kMost32);
  if (mul.size() != add.size())
    fields.fail("add", fmt::format("{} numbers", add.size()),
                fmt::format("{} as there are of mul", mul.size()));
  for (std::size_t i = 0; i < mul.size(); ++i)
    r.channels.push_back({static_cast<std::uint32_t>(mul[i]), static_cast<std::int32_t>(add[i])});
  fields.finish();
  return r;
}

}  // namespace

Json to_json(const Padding& p) { return {p.top, p.left, p.bottom, p.right}; }

Padding take_padding(Fields& fields) {
  const auto [top, left, bottom, right] = fields.sizes<4>("padding");
  return {top, left, bottom, right};
}

IntType take_type(Fields& fields, const std::string& key) {
  return kIntTypes[fields.choice(key, {kIntTypeNames.begin(), kIntTypeNames.end()})];
}

Json to_json(const Requantization& r) {
  Json mul = Json::array(), add = Json::array();
  for (const fb_requant_channel& c : r.channels) {
    mul.push_back(c.mul);
    add.push_back(c.add);
  }
  return {{"pre", r.pre}, {"shift", r.shift}, {"mul", mul}, {"add", add}};
}

Requantization take_requantization(Fields& fields) {
  return requantization_in(fields.object("requantization"));
}

}  // namespace freebits::models
