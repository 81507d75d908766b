// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tb/core/accounting.hpp"

namespace freebits::profiler {

/// What was measured: a layer's latency without the widths' names. Its key says of what.
struct Latency {
  std::uint64_t cycles = 0;
  std::uint64_t l3_wait = 0;       ///< of `cycles`: for weights that stream from L3
  std::uint64_t operand_wait = 0;  ///< of `cycles`: for its first operands, by the cost model
  double error_bound = 0;
  std::uint64_t instructions = 0;
  tb::Accounting accounting{};
  friend bool operator==(const Latency&, const Latency&) = default;
};

/// Every latency ever measured, by a text that says everything it depends on: one SQLite file, for
/// any number of threads and processes at once.
class LatencyStore {
 public:
  using Say = std::function<void(std::string_view line)>;

  /// Opens the file, or makes it and its folder. One that is no latency store, is damaged, or is of
  /// another version is renamed to FILE.corrupt-1, -2 …, or FILE.old-1 …, and `say` gets a line
  /// about it; so it does later about every damaged row. Throws Error when there can be none:
  /// folder not writable, disk full.
  explicit LatencyStore(std::filesystem::path file, Say say = {});
  /// Gives up what it has claimed.
  ~LatencyStore();

  [[nodiscard]] const std::filesystem::path& file() const;

  /// A row whose checksum, over key and values, does not fit is set aside in the table `damaged`;
  /// `say` gets a line about it, and the latency is as one never measured.
  [[nodiscard]] std::optional<Latency> find(const std::string& key) const;
  /// Outlives the process when it returns; replaces what was there, and ends a claim. Throws
  /// Error when it cannot be written: what was stored before stays.
  void insert(const std::string& key, const Latency& latency);

  /// Who measures a latency.
  enum class Claim {
    Ours,   ///< this store's owner: nobody else does
    Other,  ///< a store that is open in this or another process of this machine
    Stored  ///< nobody: it is there by now
  };
  /// Says that this store's owner will measure it, unless another does already. So that work is
  /// shared: a latency that is measured twice is the same both times. Claims end with the store
  /// that made them, or with its process.
  [[nodiscard]] Claim claim(const std::string& key);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// $XDG_CACHE_HOME/freebits/latency.db, or ~/.cache/freebits/latency.db; makes the folder. Throws
/// Error when there is neither, or when the folder is not this user's alone.
[[nodiscard]] std::filesystem::path default_latency_store();

}  // namespace freebits::profiler
