// SPDX-License-Identifier: Apache-2.0
#include "base/part_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <optional>

namespace freebits {
namespace {

namespace fs = std::filesystem;

TEST(Parts, OfKilledProcessesAreRemovedAndOthersStay) {
  const fs::path folder =
      fs::path(testing::TempDir()) / ("freebits_parts_" + std::to_string(::getpid()));
  fs::create_directories(folder);
  const auto make = [&](const char* name) { std::ofstream(folder / name) << "x"; };
  for (const char* name : {"a.ckpt", "a.ckpt.1.part", "a.ckpt.2.part", "a.ckpt.x.part",
                           "a.ckpt.part", "b.ckpt.1.part", "aa.ckpt.1.part"})
    make(name);
  std::ofstream(part_of(folder / "a.ckpt")) << "x";
  const int in_work = open((folder / "a.ckpt.2.part").c_str(), O_RDONLY);
  ASSERT_GE(in_work, 0);
  std::optional<InWork> mark(in_work);
  close(in_work);
  remove_abandoned_parts(folder / "a.ckpt");
  EXPECT_FALSE(fs::exists(folder / "a.ckpt.1.part"));
  for (const char* name : {"a.ckpt", "a.ckpt.2.part", "a.ckpt.x.part", "a.ckpt.part",
                           "b.ckpt.1.part", "aa.ckpt.1.part"})
    EXPECT_TRUE(fs::exists(folder / name)) << name;
  EXPECT_TRUE(fs::exists(part_of(folder / "a.ckpt")));
  mark.reset();
  remove_abandoned_parts(folder / "a.ckpt");
  EXPECT_FALSE(fs::exists(folder / "a.ckpt.2.part"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace freebits
