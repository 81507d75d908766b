// SPDX-License-Identifier: Apache-2.0
// Documents read key by key, with errors that say where.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.hpp"
#include "base/error.hpp"

namespace freebits {

/// An object whose keys are taken one by one; a key that is never taken is unknown. All functions
/// throw Error: "where: key: what it is, expected what would be right".
class Fields {
 public:
  /// Maximum of heights, widths and channels. With kernels below 2^12, weight counts fit 64 bits.
  static constexpr unsigned kMostSize = (1U << 20) - 1;

  /// `where`: the file, and the place within it. Fails when `value` is not an object. Keeps a
  /// reference to it.
  Fields(const Json& value, std::string where);

  /// Whether the key, which may be missing, is there.
  [[nodiscard]] bool has(const std::string& key) const { return object_->contains(key); }
  [[nodiscard]] const Json& take(const std::string& key);
  [[nodiscard]] Fields object(const std::string& key);
  [[nodiscard]] const Json& list(const std::string& key);
  [[nodiscard]] std::string text(const std::string& key);
  [[nodiscard]] bool flag(const std::string& key);
  /// A whole number from `least` to `most`.
  [[nodiscard]] std::int64_t number(const std::string& key, std::int64_t least, std::int64_t most);
  /// A real number from `least` to `most`, not a NaN.
  [[nodiscard]] double real(const std::string& key, double least, double most);
  /// A whole number from 0 to `most`.
  [[nodiscard]] unsigned size(const std::string& key, unsigned most = kMostSize);
  /// A list of N whole numbers from 0 to `most`.
  template <std::size_t N>
  [[nodiscard]] std::array<unsigned, N> sizes(const std::string& key, unsigned most = kMostSize) {
    std::array<unsigned, N> all{};
    const std::vector<std::int64_t> values = numbers(key, 0, most);
    if (values.size() != N)
      fail(key, std::to_string(values.size()) + " numbers", std::to_string(N));
    std::ranges::transform(values, all.begin(), [](auto v) { return static_cast<unsigned>(v); });
    return all;
  }
  [[nodiscard]] std::vector<std::int64_t> numbers(const std::string& key, std::int64_t least,
                                                  std::int64_t most);
  /// The index in `names` of the text.
  [[nodiscard]] std::size_t choice(const std::string& key, const std::vector<std::string>& names);

  /// Refuses keys that were not taken.
  void finish() const;

  [[nodiscard]] const std::string& where() const { return where_; }
  [[noreturn]] void fail(std::string_view key, std::string_view got,
                         std::string_view expected) const;

 private:
  const Json* object_;
  std::string where_;
  std::vector<std::string> taken_;
};

/// A value as text for an error message: short, one line.
[[nodiscard]] std::string shown(const Json& value);

/// Refuses keys that are not in `known`; the message names the nearest known key.
void refuse_unknown(const Json& object, const std::string& where,
                    const std::vector<std::string>& known);

/// Puts `where` before the message of an Error that `check` throws.
template <class Check>
void checked(const std::string& where, const Check& check) {
  try {
    check();
  } catch (const Error& error) {
    throw Error(where + ": " + error.what());
  }
}

}  // namespace freebits
