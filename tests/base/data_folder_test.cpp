// SPDX-License-Identifier: Apache-2.0
// Which folders are read at run time. What an installed program does: tests/package.
#include "base/data_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/temporary_folder.hpp"

namespace freebits {
namespace {

namespace fs = std::filesystem;

class DataFolder : public testing::Test {
 protected:
  void TearDown() override { use_installation({}); }
  TemporaryFolder prefix{"freebits-installation"};
};

TEST_F(DataFolder, IsTheSourceTreeUnlessThereIsAnInstallation) {
  EXPECT_FALSE(is_installed());
  EXPECT_TRUE(fs::is_regular_file(data_folder() / "rtl/cluster.f"));
}

TEST_F(DataFolder, IsTheNamedInstallationAndNothingOfTheBuild) {
  fs::create_directories(prefix.path() / "share/freebits/tb/targets");
  use_installation(prefix.path());
  EXPECT_TRUE(is_installed());
  EXPECT_EQ(data_folder(), prefix.path() / "share/freebits");
  EXPECT_EQ(software_folder(), prefix.path() / "lib/freebits/sw");
  EXPECT_EQ(geometry_folder(), prefix.path() / "lib/freebits/geometries");
}

TEST_F(DataFolder, StaysWhatItWasIfTheNamedFolderHoldsNone) {
  const fs::path before = data_folder();
  use_installation(prefix.path());
  EXPECT_FALSE(is_installed());
  EXPECT_EQ(data_folder(), before);
}

}  // namespace
}  // namespace freebits
