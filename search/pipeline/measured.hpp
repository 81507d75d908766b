// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace freebits::search {

/// Cycles of a configuration end to end on a chip, kept in a search's folder.
class MeasuredFile {
 public:
  MeasuredFile(const std::filesystem::path& folder, const std::string& chip_identity,
               const std::string& configuration_id);

  /// Nothing when there is none. Throws Error for a damaged one.
  [[nodiscard]] std::optional<std::uint64_t> read() const;
  void write(std::uint64_t cycles) const;

 private:
  std::filesystem::path file_;
};

}  // namespace freebits::search
