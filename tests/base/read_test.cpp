// SPDX-License-Identifier: Apache-2.0
#include "base/read.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <stdexcept>

#include "base/error.hpp"

namespace freebits {
namespace {

std::string complaint(const std::filesystem::path& file, std::uint64_t most) {
  try {
    (void)read_bytes(file, most);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ReadBytes, ReadsUpToItsLimit) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "freebits_read";
  for (const std::size_t size : {0U, 1U, 4096U, 4097U, 1'000'000U}) {
    const std::string bytes(size, 'x');
    std::ofstream(file, std::ios::binary) << bytes;
    EXPECT_EQ(read_bytes(file, size), bytes);
    EXPECT_EQ(read_head(file, 10), bytes.substr(0, 10));
    if (size == 0) continue;
    EXPECT_EQ(complaint(file, size - 1), file.string() + ": cannot be read: more than " +
                                             std::to_string(size - 1) +
                                             " bytes, expected at most that");
  }
  std::filesystem::remove(file);
}

TEST(ReadBytes, StopsWhereADeviceWouldNot) {
  EXPECT_EQ(complaint("/dev/zero", 1 << 20),
            "/dev/zero: cannot be read: more than 1048576 bytes, expected at most that");
}

TEST(ReadBytes, NamesWhatCannotBeRead) {
  EXPECT_EQ(complaint("/nowhere/a", 1), "/nowhere/a: cannot be opened: No such file or directory");
  EXPECT_EQ(complaint("/", 1), "/: cannot be read: a folder, expected a file");
}

}  // namespace
}  // namespace freebits
