// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "mutate.hpp"

namespace freebits::fuzz {
namespace {

constexpr std::size_t kLongestRun = 100'000;

struct Range {
  std::size_t at, size;
};

Range range(const std::string& bytes, Random& random, std::size_t most = 64) {
  const std::size_t at = random.below(bytes.size());
  return {at, std::min(random.size(most), bytes.size() - at)};
}

void overwrite_number(std::string& bytes, Random& random) {
  const std::size_t width = std::size_t{1} << random.below(4);
  const std::size_t at = random.below(bytes.size());
  std::uint64_t value = random.one_in(4) ? random.bits() : random.of(kEdges);
  const bool big = random.one_in(2);
  for (std::size_t i = 0; i < width && at + i < bytes.size(); ++i) {
    const std::size_t shift = 8 * (big ? width - 1 - i : i);
    bytes[at + i] = static_cast<char>(value >> shift);
  }
}

void change(std::string& bytes, Random& random) {
  if (bytes.empty()) bytes.push_back(static_cast<char>(random.bits()));
  switch (random.below(10)) {
    case 0:
    case 1:
      random.of(bytes) ^= static_cast<char>(1U << random.below(8));
      return;
    case 2:
    case 3:
    case 4:
      return overwrite_number(bytes, random);
    case 5: {
      const auto [at, size] = range(bytes, random);
      bytes.erase(at, size);
      return;
    }
    case 6: {
      const auto [at, size] = range(bytes, random);
      const std::string part = bytes.substr(at, size);
      const std::size_t times = random.size(kLongestRun / size);
      std::string all;
      for (std::size_t i = 0; i < times; ++i) all += part;
      bytes.insert(at, all);
      return;
    }
    case 7: {
      const auto [at, size] = range(bytes, random);
      const std::string part = bytes.substr(at, size);
      bytes.insert(random.below(bytes.size()), part);
      return;
    }
    case 8:
      bytes.insert(random.below(bytes.size()),
                   std::string(random.size(kLongestRun), static_cast<char>(random.bits())));
      return;
    default:
      if (random.one_in(3)) bytes.resize(random.below(bytes.size()));
  }
}

constexpr std::array<std::string_view, 28> kWords = {
    "0",       "-1",      "1e999",      "-1e999",
    "1e308",   "0.5",     "4294967296", "99999999999999999999",
    "nan",     "inf",     "null",       "true",
    "[",       "]",       "{",          "}",
    "\"",      "'''",     "\"\"\"",     "\\u0000",
    "\\ud800", "\x1b[2J", "\n",         "#",
    "\xff",    "=",       ",",          "0x7fffffff"};

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '.' || c == '-';
}

void change_text(std::string& text, Random& random) {
  if (text.empty()) return;
  std::size_t begin = random.below(text.size());
  while (begin < text.size() && !is_word(text[begin])) ++begin;
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  std::size_t end = begin;
  while (end < text.size() && is_word(text[end])) ++end;
  const std::string_view word = random.of(kWords);
  if (random.one_in(4)) {
    text.insert(begin, word);
  } else {
    text.replace(begin, end - begin, word);
  }
}

}  // namespace

std::string mutated_bytes(std::string bytes, Random& random) {
  for (std::size_t i = random.size(4); i > 0; --i) change(bytes, random);
  return bytes;
}

std::string mutated_text(std::string text, Random& random) {
  for (std::size_t i = random.size(4); i > 0; --i) {
    if (random.one_in(2)) {
      change_text(text, random);
    } else {
      change(text, random);
    }
  }
  return text;
}

}  // namespace freebits::fuzz
