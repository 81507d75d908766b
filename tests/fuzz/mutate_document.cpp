// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <limits>
#include <utility>

#include "mutate.hpp"

namespace freebits::fuzz {
namespace {

constexpr std::size_t kLongText = 100'000;
constexpr std::size_t kMostCopies = 5'000;

Json number(Random& random, bool any_double) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const std::array<double, 12> doubles = {
      0.5,       -0.5,         1e-300, 1e9,      1e300,
      -1e300,    4294967296.5, -1e-9,  1 + 1e-9, std::numeric_limits<double>::quiet_NaN(),
      kInfinity, -kInfinity};
  const std::uint64_t edge = random.of(kEdges);
  switch (random.below(4)) {
    case 0:
      return edge;
    case 1:
      return -static_cast<std::int64_t>(edge >> 1);
    case 2:
      return random.below(20);
    default:
      return doubles[random.below(any_double ? doubles.size() : doubles.size() - 3)];
  }
}

Json text(Random& random) {
  const std::array<std::string, 10> texts = {"",
                                             "a",
                                             "\x1b[2J",
                                             "a\nb",
                                             "../../x",
                                             "\xc2\x9b"
                                             "2J",
                                             "\"",
                                             "input",
                                             "8",
                                             std::string(random.size(kLongText), 'x')};
  return random.of(texts);
}

Json nested(Json value, Random& random) {
  constexpr std::array<unsigned, 6> kDepths = {1, 2, 97, 100, 101, 1'000};
  const bool in_lists = random.one_in(2);
  for (unsigned i = random.of(kDepths); i > 0; --i)
    value = in_lists ? Json::array({std::move(value)}) : Json{{"a", std::move(value)}};
  return value;
}

Json replacement(const Json& value, Random& random, bool any_double) {
  switch (random.below(9)) {
    case 0:
    case 1:
      return number(random, any_double);
    case 2:
      return text(random);
    case 3:
      return nullptr;
    case 4:
      return random.one_in(2);
    case 5:
      return random.one_in(2) ? Json::array() : Json::object();
    case 6:
      if (!any_double) return "bytes";
      return Json::binary(std::vector<std::uint8_t>(random.size(1000), 0x80));
    case 7:
      return nested(value, random);
    default:
      if (!value.is_number_integer()) return value;
      // Unsigned: at the ends of the type it goes round.
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(value.get<std::int64_t>()) +
                                       (random.one_in(2) ? 1U : ~std::uint64_t{0}));
  }
}

void change_list(Json& list, Random& random) {
  const std::size_t at = random.below(list.size());
  const std::size_t other = random.below(list.size());
  switch (random.below(4)) {
    case 0:
      list.erase(at);
      return;
    case 1: {
      const Json entry = list[at];
      for (std::size_t i = random.size(entry.is_primitive() ? kMostCopies : 20); i > 0; --i)
        list.push_back(entry);
      return;
    }
    case 2:
      std::swap(list[at], list[other]);
      return;
    default:
      list[at] = Json(list[other]);
  }
}

/// The member at an index, with another name or none.
void rename(Json& object, std::size_t at, const std::string* name) {
  Json changed = Json::object();
  std::size_t i = 0;
  for (const auto& [key, value] : object.items()) {
    if (i++ != at) {
      changed[key] = value;
    } else if (name != nullptr) {
      changed[*name] = value;
    }
  }
  object = std::move(changed);
}

void change_object(Json& object, Random& random) {
  const std::size_t at = random.below(object.size());
  const auto member = [&](std::size_t i) -> Json& {
    return std::next(object.begin(), static_cast<std::ptrdiff_t>(i)).value();
  };
  switch (random.below(5)) {
    case 0:
      return rename(object, at, nullptr);
    case 1: {
      const std::string name = text(random);
      return rename(object, at, &name);
    }
    case 2: {
      const Json name = text(random);
      object[name.get<std::string>()] = Json(member(at));
      return;
    }
    default: {
      const std::size_t other = random.below(object.size());
      member(at) = Json(member(other));
    }
  }
}

/// A value somewhere: those near the root as likely as the many far from it.
Json& somewhere(Json& root, Random& random) {
  Json* value = &root;
  while (value->is_structured() && !value->empty() && !random.one_in(8))
    value = &std::next(value->begin(), static_cast<std::ptrdiff_t>(random.below(value->size())))
                 .value();
  return *value;
}

void change(Json& root, Random& random, bool any_double) {
  Json& value = somewhere(root, random);
  if (value.is_binary() && random.one_in(2)) {
    auto& bytes = value.get_binary();
    if (bytes.empty() || random.one_in(3)) {
      bytes.resize(random.size(2000));
    } else {
      random.of(bytes) ^= static_cast<std::uint8_t>(random.bits());
    }
  } else if (value.is_array() && !value.empty() && !random.one_in(4)) {
    change_list(value, random);
  } else if (value.is_object() && !value.empty() && !random.one_in(4)) {
    change_object(value, random);
  } else {
    value = replacement(Json(value), random, any_double);
  }
}

}  // namespace

Json mutated_document(Json document, Random& random, bool any_double) {
  for (std::size_t i = random.size(4); i > 0; --i) change(document, random, any_double);
  return document;
}

std::string mutated_json(const std::string& text, Random& random) {
  if (random.one_in(3)) return mutated_text(text, random);
  return mutated_document(Json::parse(text), random, false)
      .dump(-1, ' ', random.one_in(2), Json::error_handler_t::replace);
}

std::string sealed(std::string_view kind_and_version, const std::string& body) {
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  return fmt::format("{} {:08x} {}\n", kind_and_version, crc, body.size()) + body;
}

std::string mutated_sealed(const std::string& file, Random& random) {
  if (random.one_in(10)) return mutated_bytes(file, random);
  const std::size_t end = file.find('\n');
  const std::string line = file.substr(0, end);
  const std::string kind = line.substr(0, line.find(' ', line.find(' ') + 1));
  std::string body = file.substr(end + 1);
  if (random.one_in(3)) return sealed(kind, mutated_bytes(std::move(body), random));
  const Json document = mutated_document(Json::from_cbor(body), random, true);
  body.clear();
  Json::to_cbor(document, body);
  return sealed(kind, body);
}

}  // namespace freebits::fuzz
