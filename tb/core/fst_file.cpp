// SPDX-License-Identifier: Apache-2.0
#include "tb/core/fst_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>

#include "base/error.hpp"

namespace freebits::tb {
namespace {

// Block types of the format (GTKWave's fstapi.h).
constexpr unsigned kHeader = 0;
constexpr unsigned kGeometry = 3;
constexpr unsigned kHierarchy = 4;
constexpr unsigned kHierarchyLz4 = 6;
constexpr unsigned kHierarchyLz4Twice = 7;
constexpr unsigned kUnfinished = 255;

/// The file is a chain of blocks: a type, then 8 bytes of length that count themselves.
bool whole(const std::filesystem::path& path) {
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) return false;
  bool header = false;
  bool geometry = false;
  bool hierarchy = false;
  std::uint64_t at = 0;
  while (at < size) {
    std::array<unsigned char, 9> start{};
    file.seekg(static_cast<std::streamoff>(at));
    if (!file.read(reinterpret_cast<char*>(start.data()), start.size())) return false;
    std::uint64_t length = 0;
    for (unsigned i = 1; i < start.size(); ++i) length = length << 8 | start[i];
    if (start[0] == kUnfinished || length < 8 || length > size - at - 1) return false;
    header |= start[0] == kHeader;
    geometry |= start[0] == kGeometry;
    hierarchy |=
        start[0] == kHierarchy || start[0] == kHierarchyLz4 || start[0] == kHierarchyLz4Twice;
    at += 1 + length;
  }
  return header && geometry && hierarchy;
}

}  // namespace

void check_fst(const std::filesystem::path& path) {
  if (whole(path)) return;
  std::error_code error;
  std::filesystem::remove(path, error);
  std::filesystem::remove(path.string() + ".hier", error);
  throw Error(fmt::format("{}: the waveforms could not be written completely; is the disk full?",
                          path.string()));
}

}  // namespace freebits::tb
