// SPDX-License-Identifier: Apache-2.0
#include "base/toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/document.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"

namespace freebits {
namespace {

[[noreturn]] void fail(const std::string& where, std::size_t line, std::string_view what) {
  throw Error(fmt::format("{}:{}: {}", where, line, what));
}

/// Where a string that begins at `at` ends: behind its closing quotes, at the end of the line or of
/// the text where it has none.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool long_one = text.substr(at, 3) == three;
  for (at += long_one ? 3 : 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (long_one ? text.substr(at, 3) == three : text[at] == quote) {
      return at + (long_one ? 3 : 1);
    } else if (!long_one && text[at] == '\n') {
      return at;
    }
  }
  return text.size();
}

/// The library knows no limit for dotted keys, and another for lists.
void expect_shallow(std::string_view text, const std::string& where) {
  std::vector<std::size_t> open;  // of each bracket around: itself, and the dots of its key
  std::size_t line = 1, depth = 0, dots = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      const std::size_t end = end_of_string(text, at);
      line += static_cast<std::size_t>(std::ranges::count(text.substr(at, end - at), '\n'));
      at = end - 1;
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size()) - 1;
    } else if (c == '[' || c == '{') {
      depth += open.emplace_back(1 + std::exchange(dots, 0));
    } else if ((c == ']' || c == '}') && !open.empty()) {
      depth -= open.back();
      open.pop_back();
      dots = 0;
    } else if (c == '.') {
      ++dots;
    } else if (c == ',' || c == '\n') {
      dots = 0;
      line += c == '\n' ? 1 : 0;
    }
    if (depth + dots > kMostDepth)
      fail(where, line, fmt::format("nested deeper than {}, expected at most that", kMostDepth));
  }
}

}  // namespace

toml::table parse_toml(std::string_view text, const std::string& where) {
  expect_shallow(text, where);
  try {
    return toml::parse(text, where);
  } catch (const toml::parse_error& error) {
    fail(where, error.source().begin.line,
         fmt::format("not TOML: {}", printable(error.description())));
  }
}

}  // namespace freebits
