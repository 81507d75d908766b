// SPDX-License-Identifier: Apache-2.0
// The state of a simulation as bytes, for the same program on the same kind of machine. A class
// lists its state once, `void state(auto& s) { s(a_, b_); }`, for both directions.
#pragma once

#include <cstdint>
#include <cstring>
#include <deque>
#include <span>
#include <type_traits>
#include <vector>

#include "base/error.hpp"

namespace freebits::tb {

class StateWriter {
 public:
  explicit StateWriter(std::vector<std::uint8_t>& to) : to_(to) {}

  template <class... Values>
  void operator()(const Values&... values) {
    (put(values), ...);
  }
  void bytes(const void* from, std::size_t count) {
    const auto* const first = static_cast<const std::uint8_t*>(from);
    to_.insert(to_.end(), first, first + count);
  }

 private:
  template <class T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes(&value, sizeof value);
  }
  template <class T>
  void put(const std::vector<T>& list) {
    put_all(list);
  }
  template <class T>
  void put(const std::deque<T>& list) {
    put_all(list);
  }
  void put_all(const auto& list) {
    put(static_cast<std::uint64_t>(list.size()));
    for (const auto& element : list) put(element);
  }
  void put(const std::vector<std::uint8_t>& list) {
    put(static_cast<std::uint64_t>(list.size()));
    bytes(list.data(), list.size());
  }

  std::vector<std::uint8_t>& to_;
};

/// Throws Error when there are fewer bytes than are asked for.
class StateReader {
 public:
  explicit StateReader(std::span<const std::uint8_t> from) : from_(from) {}

  template <class... Values>
  void operator()(Values&... values) {
    (get(values), ...);
  }
  void bytes(void* to, std::size_t count) {
    if (count > from_.size()) throw Error("a saved state of a cluster ends too early");
    std::memcpy(to, from_.data(), count);
    from_ = from_.subspan(count);
  }
  [[nodiscard]] std::size_t left() const { return from_.size(); }

 private:
  template <class T>
  void get(T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes(&value, sizeof value);
  }
  template <class T>
  void get(std::vector<T>& list) {
    get_all(list);
  }
  template <class T>
  void get(std::deque<T>& list) {
    get_all(list);
  }
  void get_all(auto& list) {
    list.resize(size());
    for (auto& element : list) get(element);
  }
  void get(std::vector<std::uint8_t>& list) {
    list.resize(size());
    bytes(list.data(), list.size());
  }
  /// Of a list: each element has a byte at least.
  std::size_t size() {
    std::uint64_t count = 0;
    get(count);
    if (count > from_.size()) throw Error("a saved state of a cluster ends too early");
    return count;
  }

  std::span<const std::uint8_t> from_;
};

}  // namespace freebits::tb
