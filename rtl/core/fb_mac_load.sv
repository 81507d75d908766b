// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// State of the mixed-width dot products and of Mac&Load: formats, slice counter, operand registers,
// and the two address streams (rtl/README.md, levels `mixed` and `flexv`).
//
// Operand registers are read in ID (a load arriving in WB is forwarded), everything else in EX.
module fb_mac_load #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  wire               clk_i,
  input  wire               rst_ni,
  // ID: operand read
  input  wire               id_read_i,
  input  wire               id_a_i,          // activation register
  input  wire  [1:0]        id_w_i,          // weight register
  output logic [31:0]       id_a_o,
  output logic [31:0]       id_w_o,
  // EX: formats in use, address of the load
  input  wire               dot_i,           // a mixed dot product is in EX
  output logic [1:0]        a_fmt_o,         // fmt_e
  output logic [1:0]        w_fmt_o,
  output logic [1:0]        slice_o,
  input  wire               load_i,          // a Mac&Load with a load is in EX: its stream advances
  input  wire               weight_load_i,   // the load in EX fills a weight register
  output logic [31:0]       addr_o,
  input  wire               commit_i,        // the instruction in EX completes:
  input  wire               advance_i,       // … the slice state advances (dot_i is set)
  // WB: load data
  input  wire               wb_we_i,
  input  wire  [2:0]        wb_reg_i,        // 0-3 weights, 4-5 activations
  input  wire  [31:0]       wb_data_i,
  // CSR access, in EX
  input  wire               csr_read_i,
  input  wire  [11:0]       csr_addr_i,
  output logic [31:0]       csr_rdata_o,
  input  wire               csr_we_i,
  input  wire  [31:0]       csr_wdata_i
);

  localparam bit Mixed = IsaLevel >= fb_isa_pkg::LevelMixed;
  localparam bit FlexV = IsaLevel >= fb_isa_pkg::LevelFlexV;

  logic [1:0]       a_fmt_q, w_fmt_q;
  logic [7:0]       skip_q, count_q;
  logic [1:0]       slice_q;
  logic [31:0]      a_addr_q, a_stride_q, a_rollback_q, w_addr_q, w_stride_q, w_rollback_q;
  logic [7:0]       a_skip_q, a_pos_q, w_skip_q, w_pos_q;
  logic [31:0]      act_q [2];
  logic [31:0]      weight_q [4];

  // Slices: the ratio of widths is 1, 2 or 4; a power of two, so "modulo" is a mask.
  logic       slice_wrap;
  logic [1:0] ratio_log2, slice_mask;
  assign a_fmt_o = a_fmt_q;
  assign w_fmt_o = w_fmt_q;
  always_comb begin
    ratio_log2 = 'x;
    slice_mask = 'x;
    slice_o    = 'x;
    slice_wrap = 'x;
    if (dot_i) begin
      ratio_log2 = a_fmt_q > w_fmt_q ? a_fmt_q - w_fmt_q : w_fmt_q - a_fmt_q;
      slice_mask = {ratio_log2[1], ratio_log2[1] | ratio_log2[0]};
      slice_o    = slice_q & slice_mask;
      slice_wrap = {1'b0, count_q} + 9'd1 >= {1'b0, skip_q};
    end
  end

  // Streams: one adder pair, for the stream of the load in EX.
  logic        wrap;
  logic [31:0] next_addr;
  logic [7:0]  skip, pos, next_pos;
  assign addr_o = weight_load_i ? w_addr_q : a_addr_q;
  always_comb begin
    skip      = 'x;
    pos       = 'x;
    wrap      = 'x;
    next_addr = 'x;
    next_pos  = 'x;
    if (load_i) begin
      skip      = weight_load_i ? w_skip_q : a_skip_q;
      pos       = weight_load_i ? w_pos_q : a_pos_q;
      wrap      = skip != 8'd0 && {1'b0, pos} + 9'd1 >= {1'b0, skip};
      next_addr = addr_o + (wrap ? (weight_load_i ? w_rollback_q : a_rollback_q)
                                 : (weight_load_i ? w_stride_q : a_stride_q));
      next_pos  = wrap ? 8'd0 : skip != 8'd0 ? pos + 8'd1 : pos;
    end
  end

  // Operand read with forwarding from WB.
  always_comb begin
    id_a_o = 'x;
    id_w_o = 'x;
    if (id_read_i) begin
      id_a_o = act_q[id_a_i];
      id_w_o = weight_q[id_w_i];
      if (wb_we_i && wb_reg_i == {2'b10, id_a_i}) id_a_o = wb_data_i;
      if (wb_we_i && wb_reg_i == {1'b0, id_w_i}) id_w_o = wb_data_i;
    end
  end

  always_comb begin
    csr_rdata_o = 'x;
    if (csr_read_i) unique case (csr_addr_i)
      fb_isa_pkg::CsrFbFmt:       csr_rdata_o = {26'd0, w_fmt_q, 2'd0, a_fmt_q};
      fb_isa_pkg::CsrFbSkip:      csr_rdata_o = {24'd0, skip_q};
      fb_isa_pkg::CsrFbSlice:     csr_rdata_o = {22'd0, slice_q, count_q};
      fb_isa_pkg::CsrFbAAddr:     csr_rdata_o = a_addr_q;
      fb_isa_pkg::CsrFbAStride:   csr_rdata_o = a_stride_q;
      fb_isa_pkg::CsrFbARollback: csr_rdata_o = a_rollback_q;
      fb_isa_pkg::CsrFbASkip:     csr_rdata_o = {16'd0, a_pos_q, a_skip_q};
      fb_isa_pkg::CsrFbWAddr:     csr_rdata_o = w_addr_q;
      fb_isa_pkg::CsrFbWStride:   csr_rdata_o = w_stride_q;
      fb_isa_pkg::CsrFbWRollback: csr_rdata_o = w_rollback_q;
      fb_isa_pkg::CsrFbWSkip:     csr_rdata_o = {16'd0, w_pos_q, w_skip_q};
      fb_isa_pkg::CsrFbA0:        csr_rdata_o = act_q[0];
      fb_isa_pkg::CsrFbA1:        csr_rdata_o = act_q[1];
      fb_isa_pkg::CsrFbW0:        csr_rdata_o = weight_q[0];
      fb_isa_pkg::CsrFbW1:        csr_rdata_o = weight_q[1];
      fb_isa_pkg::CsrFbW2:        csr_rdata_o = weight_q[2];
      fb_isa_pkg::CsrFbW3:        csr_rdata_o = weight_q[3];
      default: ;  // no register of this module: fb_csr does not take the value
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
      end else if (commit_i && advance_i) begin
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

  // Operand registers: written by WB or by a CSR instruction, never by both (ID keeps them apart).
  // CSR numbers 7cc, 7cd: activations; 7d0 … 7d3: weights.
  logic        reg_we;
  logic [2:0]  reg_index;
  logic [31:0] reg_data;
  always_comb begin
    reg_we    = wb_we_i;
    reg_index = wb_reg_i;
    reg_data  = wb_data_i;
    if (csr_we_i) begin
      reg_we    = (csr_addr_i & 12'hffe) == fb_isa_pkg::CsrFbA0 ||
                  (csr_addr_i & 12'hffc) == fb_isa_pkg::CsrFbW0;
      reg_index = {csr_addr_i[3], csr_addr_i[1:0]};
      reg_data  = csr_wdata_i;
    end
  end

  // Streams and operand registers.
  if (FlexV) begin : gen_flexv
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        a_addr_q     <= '0;
        a_stride_q   <= '0;
        a_rollback_q <= '0;
        a_skip_q     <= '0;
        a_pos_q      <= '0;
        w_addr_q     <= '0;
        w_stride_q   <= '0;
        w_rollback_q <= '0;
        w_skip_q     <= '0;
        w_pos_q      <= '0;
        for (int i = 0; i < 2; i++) act_q[i] <= '0;
        for (int i = 0; i < 4; i++) weight_q[i] <= '0;
      end else begin
        if (commit_i && load_i && weight_load_i) begin
          w_addr_q <= next_addr;
          w_pos_q  <= next_pos;
        end
        if (commit_i && load_i && !weight_load_i) begin
          a_addr_q <= next_addr;
          a_pos_q  <= next_pos;
        end
        if (reg_we && !reg_index[2]) weight_q[reg_index[1:0]] <= reg_data;
        if (reg_we && reg_index[2]) act_q[reg_index[0]] <= reg_data;
        if (csr_we_i) begin
          if (csr_addr_i == fb_isa_pkg::CsrFbAAddr) a_addr_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbAStride) a_stride_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbARollback) a_rollback_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbASkip) {a_pos_q, a_skip_q} <= csr_wdata_i[15:0];
          if (csr_addr_i == fb_isa_pkg::CsrFbWAddr) w_addr_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWStride) w_stride_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWRollback) w_rollback_q <= csr_wdata_i;
          if (csr_addr_i == fb_isa_pkg::CsrFbWSkip) {w_pos_q, w_skip_q} <= csr_wdata_i[15:0];
        end
      end
    end
  end else begin : gen_no_flexv
    assign a_addr_q     = '0;
    assign a_stride_q   = '0;
    assign a_rollback_q = '0;
    assign a_skip_q     = '0;
    assign a_pos_q      = '0;
    assign w_addr_q     = '0;
    assign w_stride_q   = '0;
    assign w_rollback_q = '0;
    assign w_skip_q     = '0;
    assign w_pos_q      = '0;
    for (genvar i = 0; i < 2; i++) begin : gen_act
      assign act_q[i] = '0;
    end
    for (genvar i = 0; i < 4; i++) begin : gen_weight
      assign weight_q[i] = '0;
    end
  end

endmodule

`default_nettype wire
