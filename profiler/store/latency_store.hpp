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

/// A measured latency of a layer. Its key says what was measured.
struct Latency {
  std::uint64_t cycles = 0;
  std::uint64_t l3_wait = 0;       ///< of `cycles`: for weights that stream from L3
  std::uint64_t operand_wait = 0;  ///< of `cycles`: for its first operands, by the cost model
  double error_bound = 0;
  std::uint64_t instructions = 0;
  tb::Accounting accounting{};
  friend bool operator==(const Latency&, const Latency&) = default;
};

/// All latencies measured so far, found by a text that names everything they depend on. One SQLite
/// file, for any number of threads and processes at once.
class LatencyStore {
 public:
  using Say = std::function<void(std::string_view line)>;

  /// Opens the file, or creates it and its folder. A file that is damaged or no latency store is
  /// renamed to FILE.corrupt-1, -2 …, one of another version to FILE.old-1 …, and `say` gets a line
  /// about it, as later about every damaged row. Throws Error if the file cannot be created: folder
  /// not writable, disk full.
  explicit LatencyStore(std::filesystem::path file, Say say = {});
  /// Ends all claims of this store.
  ~LatencyStore();

  [[nodiscard]] const std::filesystem::path& file() const;

  /// Nothing if it was not measured. A row with a wrong checksum over key and values is moved to
  /// the table `damaged`; `say` gets a line about it, and the latency counts as not measured.
  [[nodiscard]] std::optional<Latency> find(const std::string& key) const;
  /// Stores a latency, replaces an older one, and ends its claim. When this returns, the latency is
  /// on the disk. Throws Error if it cannot be written; what was stored before stays.
  void insert(const std::string& key, const Latency& latency);

  /// The answer to claim().
  enum class Claim {
    Ours,   ///< the caller measures it, and no other
    Other,  ///< another open store, in this or another process of this machine, measures it
    Stored  ///< it has been stored meanwhile
  };
  /// Announces that the caller will measure it, unless another does already. This only shares work:
  /// a latency that is measured twice is equal both times. Claims end with the store that made
  /// them, or with its process.
  [[nodiscard]] Claim claim(const std::string& key);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// $XDG_CACHE_HOME/freebits/latency.db, or ~/.cache/freebits/latency.db; makes the folder. Throws
/// Error when there is neither, or when the folder is not this user's alone.
[[nodiscard]] std::filesystem::path default_latency_store();

}  // namespace freebits::profiler
