// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// State of the mixed-width dot products and of Mac&Load: formats, slice counter, operand registers,
// and the two address streams (rtl/README.md, levels `mixed` and `flexv`).
//
// Operand registers are read in ID (a load arriving in WB is forwarded), everything else in EX.
module fb_mac_load #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  // ID: operand read
  input  logic              id_a_i,          // activation register
  input  logic [1:0]        id_w_i,          // weight register
  output logic [31:0]       id_a_o,
  output logic [31:0]       id_w_o,
  // EX: formats in use, address of the load
  output logic [1:0]        a_fmt_o,         // fmt_e
  output logic [1:0]        w_fmt_o,
  output logic [1:0]        slice_o,
  input  logic              weight_load_i,   // the load in EX fills a weight register
  output logic [31:0]       addr_o,
  // EX completes
  input  logic              dot_commit_i,    // a mixed dot product completes: the slice state advances
  input  logic              load_commit_i,   // a Mac&Load with a load completes: its stream advances
  // WB: load data
  input  logic              wb_we_i,
  input  logic [2:0]        wb_reg_i,        // 0-3 weights, 4-5 activations
  input  logic [31:0]       wb_data_i,
  // CSR access, in EX
  input  logic              csr_read_i,
  input  logic [11:0]       csr_addr_i,
  output logic [31:0]       csr_rdata_o,
  input  logic              csr_we_i,
  input  logic [31:0]       csr_wdata_i
);

  localparam bit Mixed = IsaLevel >= fb_isa_pkg::LevelMixed;
  localparam bit FlexV = IsaLevel >= fb_isa_pkg::LevelFlexV;

  typedef struct packed {
    logic [7:0]  skip;
    logic [7:0]  count;
    logic [31:0] addr;
    logic [31:0] stride;
    logic [31:0] rollback;
  } stream_t;

  logic [1:0]       a_fmt_q, w_fmt_q;
  logic [7:0]       skip_q, count_q;
  logic [1:0]       slice_q;
  stream_t          a_q, w_q;
  logic [31:0]      act_q [2];
  logic [31:0]      weight_q [4];

  // Slices: the ratio of widths is 1, 2 or 4; a power of two, so "modulo" is a mask.
  logic [1:0] ratio_log2, slice_mask;
  assign ratio_log2 = a_fmt_q > w_fmt_q ? a_fmt_q - w_fmt_q : w_fmt_q - a_fmt_q;
  assign slice_mask = {ratio_log2[1], ratio_log2[1] | ratio_log2[0]};
  assign slice_o    = slice_q & slice_mask;
  assign a_fmt_o    = a_fmt_q;
  assign w_fmt_o    = w_fmt_q;

  logic slice_wrap;
  assign slice_wrap = {1'b0, count_q} + 9'd1 >= {1'b0, skip_q};

  // Streams: one adder pair, for the stream of the load in EX.
  stream_t     sel;
  logic        wrap;
  logic [31:0] next_addr;
  logic [7:0]  next_count;
  assign sel        = weight_load_i ? w_q : a_q;
  assign wrap       = sel.skip != 8'd0 && {1'b0, sel.count} + 9'd1 >= {1'b0, sel.skip};
  assign next_addr  = sel.addr + (wrap ? sel.rollback : sel.stride);
  assign next_count = wrap ? 8'd0 : sel.skip != 8'd0 ? sel.count + 8'd1 : sel.count;
  assign addr_o     = sel.addr;

  // Operand read with forwarding from WB.
  always_comb begin
    id_a_o = act_q[id_a_i];
    id_w_o = weight_q[id_w_i];
    if (wb_we_i && wb_reg_i == {2'b10, id_a_i}) id_a_o = wb_data_i;
    if (wb_we_i && wb_reg_i == {1'b0, id_w_i}) id_w_o = wb_data_i;
  end

  always_comb begin
    csr_rdata_o = 32'd0;
    if (csr_read_i) unique case (csr_addr_i)
      fb_isa_pkg::CsrFbFmt:       csr_rdata_o = {26'd0, w_fmt_q, 2'd0, a_fmt_q};
      fb_isa_pkg::CsrFbSkip:      csr_rdata_o = {24'd0, skip_q};
      fb_isa_pkg::CsrFbSlice:     csr_rdata_o = {22'd0, slice_q, count_q};
      fb_isa_pkg::CsrFbAAddr:     csr_rdata_o = a_q.addr;
      fb_isa_pkg::CsrFbAStride:   csr_rdata_o = a_q.stride;
      fb_isa_pkg::CsrFbARollback: csr_rdata_o = a_q.rollback;
      fb_isa_pkg::CsrFbASkip:     csr_rdata_o = {16'd0, a_q.count, a_q.skip};
      fb_isa_pkg::CsrFbWAddr:     csr_rdata_o = w_q.addr;
      fb_isa_pkg::CsrFbWStride:   csr_rdata_o = w_q.stride;
      fb_isa_pkg::CsrFbWRollback: csr_rdata_o = w_q.rollback;
      fb_isa_pkg::CsrFbWSkip:     csr_rdata_o = {16'd0, w_q.count, w_q.skip};
      fb_isa_pkg::CsrFbA0:        csr_rdata_o = act_q[0];
      fb_isa_pkg::CsrFbA1:        csr_rdata_o = act_q[1];
      fb_isa_pkg::CsrFbW0:        csr_rdata_o = weight_q[0];
      fb_isa_pkg::CsrFbW1:        csr_rdata_o = weight_q[1];
      fb_isa_pkg::CsrFbW2:        csr_rdata_o = weight_q[2];
      fb_isa_pkg::CsrFbW3:        csr_rdata_o = weight_q[3];
      default:                    csr_rdata_o = 32'd0;
    endcase
  end

  // Formats and slices.
  if (Mixed) begin : gen_mixed
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        a_fmt_q <= '0;
        w_fmt_q <= '0;
        skip_q  <= '0;
        count_q <= '0;
        slice_q <= '0;
      end else if (csr_we_i) begin
        if (csr_addr_i == fb_isa_pkg::CsrFbFmt) begin
          a_fmt_q <= csr_wdata_i[1:0] == 2'd3 ? 2'd0 : csr_wdata_i[1:0];
          w_fmt_q <= csr_wdata_i[5:4] == 2'd3 ? 2'd0 : csr_wdata_i[5:4];
          count_q <= '0;
          slice_q <= '0;
        end
        if (csr_addr_i == fb_isa_pkg::CsrFbSkip) skip_q <= csr_wdata_i[7:0];
        if (csr_addr_i == fb_isa_pkg::CsrFbSlice) {slice_q, count_q} <= csr_wdata_i[9:0];
      end else if (dot_commit_i) begin
        count_q <= slice_wrap ? 8'd0 : count_q + 8'd1;
        if (slice_wrap) slice_q <= (slice_o + 2'd1) & slice_mask;
      end
    end
  end else begin : gen_no_mixed
    assign a_fmt_q = '0;
    assign w_fmt_q = '0;
    assign skip_q  = '0;
    assign count_q = '0;
    assign slice_q = '0;
  end

  // Streams and operand registers.
  if (FlexV) begin : gen_flexv
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        a_q      <= '0;
        w_q      <= '0;
        for (int i = 0; i < 2; i++) act_q[i] <= '0;
        for (int i = 0; i < 4; i++) weight_q[i] <= '0;
      end else begin
        if (load_commit_i && weight_load_i) begin
          w_q.addr  <= next_addr;
          w_q.count <= next_count;
        end
        if (load_commit_i && !weight_load_i) begin
          a_q.addr  <= next_addr;
          a_q.count <= next_count;
        end
        if (wb_we_i && !wb_reg_i[2]) weight_q[wb_reg_i[1:0]] <= wb_data_i;
        if (wb_we_i && wb_reg_i[2]) act_q[wb_reg_i[0]] <= wb_data_i;
        if (csr_we_i) begin
          if (csr_addr_i == fb_isa_pkg::CsrFbAAddr) a_q.addr <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbAStride) a_q.stride <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbARollback) a_q.rollback <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbASkip) {a_q.count, a_q.skip} <= csr_wdata_i[15:0];
          if (csr_addr_i == fb_isa_pkg::CsrFbWAddr) w_q.addr <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWStride) w_q.stride <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWRollback) w_q.rollback <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWSkip) {w_q.count, w_q.skip} <= csr_wdata_i[15:0];
          if (csr_addr_i == fb_isa_pkg::CsrFbA0) act_q[0] <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbA1) act_q[1] <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbW0) weight_q[0] <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbW1) weight_q[1] <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbW2) weight_q[2] <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbW3) weight_q[3] <= csr_wdata_i;
        end
      end
    end
  end else begin : gen_no_flexv
    assign a_q      = '0;
    assign w_q      = '0;
    for (genvar i = 0; i < 2; i++) begin : gen_act
      assign act_q[i] = '0;
    end
    for (genvar i = 0; i < 4; i++) begin : gen_weight
      assign weight_q[i] = '0;
    end
  end

endmodule
