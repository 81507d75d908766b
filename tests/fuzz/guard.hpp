// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace freebits::fuzz {

/// While it lives: memory has a limit, so has the processor time of each mutant, and a crash or a
/// mutant that takes too long ends the program with a line that says which it was and where its
/// file is. One at a time.
class Guard {
 public:
  /// More than the process has, beyond what any reader needs for the seeds.
  static constexpr std::uint64_t kBytes = std::uint64_t{512} << 20;
  /// Of processor time: on a busy machine no mutant fails that would not elsewhere.
  static constexpr unsigned kSeconds = 20;

  Guard(const std::string& kind, const std::filesystem::path& file);
  ~Guard();
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  void begin(std::uint64_t seed, unsigned mutant);
  void end();

  /// "elf, seed 1, mutant 17".
  [[nodiscard]] std::string mutant() const;
  /// Copies the file to where the next mutant does not overwrite it, and says where.
  void keep() const;

 private:
  std::filesystem::path file_;
};

}  // namespace freebits::fuzz
