// SPDX-License-Identifier: Apache-2.0
// The freebits program, run in a folder of its own.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "../tb/programs.hpp"

namespace freebits::test {

namespace fs = std::filesystem;

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// One core with ideal memory.
inline const std::string kCore = "--target core ";

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_cli_" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  [[nodiscard]] std::string file(const std::string& name) const { return (folder / name).string(); }
  static std::string read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  /// `before`: shell text that starts the program.
  [[nodiscard]] Outcome run(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "{ " + before + FREEBITS_PROGRAM + " " + arguments + "; } >" +
                                file("out") + " 2>" + file("err");
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read(file("out")), read(file("err"))};
  }
  /// Temporary files and whatever else ends so.
  [[nodiscard]] long leftovers() const {
    return std::ranges::count_if(fs::directory_iterator(folder), [](const auto& entry) {
      return entry.path().extension() == ".part" || entry.path().extension() == ".hier";
    });
  }
  /// Bad input: exit code 2 and one line on standard error that contains `part`.
  void expect_refusal(const std::string& arguments, const std::string& part) const {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, 2) << arguments;
    EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  }

  fs::path folder;
};

}  // namespace freebits::test
