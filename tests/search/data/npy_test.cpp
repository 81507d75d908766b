// SPDX-License-Identifier: Apache-2.0
#include "search/data/npy.hpp"

#include <gtest/gtest.h>

#include "files.hpp"

namespace freebits::search {
namespace {

using namespace test;

Bytes npy(const std::string& dictionary, const Bytes& data, unsigned version = 1) {
  Bytes bytes = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  const std::string text = dictionary + "  \n";
  bytes.push_back(static_cast<std::uint8_t>(text.size()));
  bytes.insert(bytes.end(), version == 1 ? 1 : 3, 0);
  bytes.insert(bytes.end(), text.begin(), text.end());
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

std::string header(const std::string& type, const std::string& shape, bool fortran = false) {
  return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }";
}

class Npy : public testing::Test {
 protected:
  IntegerArray array(const Bytes& bytes) {
    write(dir / "a.npy", bytes);
    EXPECT_TRUE(is_npy(dir / "a.npy"));
    return read_npy(dir / "a.npy");
  }
  void expect_error(const Bytes& bytes, const std::string& part) {
    write(dir / "a.npy", bytes);
    const std::string what = error_of([&] { (void)read_npy(dir / "a.npy"); });
    expect_contains(what, "a.npy: ");
    expect_contains(what, part);
  }
  const TempDir dir;
};

using Shape = std::vector<std::size_t>;
using Values = std::vector<std::int64_t>;

TEST_F(Npy, WholeNumbersOfEverySizeAndOrderComeAsTheyAre) {
  EXPECT_EQ(array(npy(header("|u1", "(2, 2)"), {1, 2, 3, 255})).values, (Values{1, 2, 3, 255}));
  EXPECT_EQ(array(npy(header("|i1", "(4,)"), {1, 2, 3, 255})).values, (Values{1, 2, 3, -1}));
  EXPECT_EQ(array(npy(header("|b1", "(2,)"), {1, 0})).values, (Values{1, 0}));
  EXPECT_EQ(array(npy(header("<i2", "(2,)"), {0, 1, 0xFE, 0xFF})).values, (Values{256, -2}));
  EXPECT_EQ(array(npy(header(">u2", "(2,)"), {0, 1, 0xFE, 0xFF})).values, (Values{1, 65279}));
  EXPECT_EQ(array(npy(header("<i8", "(1,)"), {0xFD, 255, 255, 255, 255, 255, 255, 255})).values,
            Values{-3});
  for (const unsigned version : {1U, 2U, 3U})
    EXPECT_EQ(array(npy(header("<u4", "()"), {7, 0, 0, 0}, version)).shape, Shape{});
  EXPECT_EQ(array(npy(header("|u1", "(3, 0)"), {})).shape, (Shape{3, 0}));
}

TEST_F(Npy, FortransOrderComesInCs) {
  const IntegerArray c =
      array(npy(header("|u1", "(2, 3, 2)"), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  const IntegerArray fortran =
      array(npy(header("|u1", "(2, 3, 2)", true), {0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11}));
  EXPECT_EQ(fortran.shape, (Shape{2, 3, 2}));
  EXPECT_EQ(fortran.values, c.values);
}

TEST_F(Npy, WhatIsDamagedOrNoWholeNumberIsNamed) {
  expect_error({1, 2, 3}, "3 bytes are no .npy");
  expect_error(npy(header("<f4", "(1,)"), {0, 0, 0, 0}), "numbers of type '<f4', expected whole");
  expect_error(npy(header("|O", "(1,)"), {0}), "numbers of type '|O'");
  expect_error(npy(header("|u1", "(2, 2)"), {1, 2, 3}), "3 bytes of numbers");
  expect_error(npy(header("|u1", "(2, 2)"), {1, 2, 3, 4, 5}), "its shape (2, 2) has");
  expect_error(npy(header("<u4", "(4294967296, 4294967296, 2)"), {1, 2, 3, 4}),
               "4 bytes of numbers");
  expect_error(npy(header("<u8", "(1,)"), Bytes(8, 255)), "expected at most 2^63 - 1");
  expect_error(npy("{'descr': '|u1', 'shape': (1,)}", {1}), "damaged header");
  expect_error(npy(header("|u1", "(1,)"), {1}, 4), "of version 4");
  const Bytes good = npy(header("|u1", "(4,)"), {1, 2, 3, 4});
  for (std::size_t size = 0; size < good.size(); ++size) {
    write(dir / "a.npy", Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
    (void)error_of([&] { (void)read_npy(dir / "a.npy"); });
  }
}

}  // namespace
}  // namespace freebits::search
