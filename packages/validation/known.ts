const map = [
  'be_between',
  'be_dateutil_parseable',
  'be_decreasing',
  'be_in_set',
  'be_in_type_list',
  'be_increasing',
  'be_json_parseable',
  'be_null',
  'be_of_type',
  'be_unique',
  'match_json_schema',
  'match_like_pattern',
  'match_like_pattern_list',
  'match_regex',
  'match_regex_list',
  'match_strftime_format',
  'not_be_in_set',
  'not_be_null',
  'not_be_outliers',
  'not_match_like_pattern',
  'not_match_like_pattern_list',
  'not_match_regex',
  'not_match_regex_list',
].map((end) => `expect_column_values_to_${end}`)

const aggregate = [
  'distinct_values_to_be_in_set',
  'distinct_values_to_contain_set',
  'distinct_values_to_equal_set',
  'kl_divergence_to_be_less_than',
  'max_to_be_between',
  'mean_to_be_between',
  'median_to_be_between',
  'min_to_be_between',
  'most_common_value_to_be_in_set',
  'proportion_of_non_null_values_to_be_between',
  'proportion_of_unique_values_to_be_between',
  'quantile_values_to_be_between',
  'stdev_to_be_between',
  'sum_to_be_between',
  'to_exist',
  'type_to_be',
  'unique_value_count_to_be_between',
  'value_lengths_to_be_between',
  'value_lengths_to_equal',
  'value_z_scores_to_be_less_than',
  'pair_values_a_to_be_greater_than_b',
  'pair_values_to_be_equal',
  'pair_values_to_be_in_set',
].map((end) => `expect_column_${end}`)

const table = [
  'expect_compound_columns_to_be_unique',
  'expect_multicolumn_sum_to_equal',
  'expect_multicolumn_values_to_be_equal',
  'expect_multicolumn_values_to_be_unique',
  'expect_query_results_to_match_comparison',
  'expect_select_column_values_to_be_unique_within_record',
  'expect_table_column_count_to_be_between',
  'expect_table_column_count_to_equal',
  'expect_table_columns_to_match_ordered_list',
  'expect_table_columns_to_match_set',
  'expect_table_row_count_to_be_between',
  'expect_table_row_count_to_equal',
  'expect_table_row_count_to_equal_other_table',
  'unexpected_rows_expectation',
]

/** The expectations that Great Expectations 1.24 has. */
export const known: ReadonlySet<string> = new Set([...map, ...aggregate, ...table])

/** Those that it had in 0.x and dropped: old suites still hold them. */
export const retired: ReadonlySet<string> = new Set([
  'expect_column_bootstrapped_ks_test_p_value_to_be_greater_than',
  'expect_column_chisquare_test_p_value_to_be_greater_than',
  'expect_column_pair_cramers_phi_value_to_be_less_than',
  'expect_column_parameterized_distribution_ks_test_p_value_to_be_greater_than',
  'expect_file_hash_to_equal',
  'expect_file_line_regex_match_count_to_be_between',
  'expect_file_line_regex_match_count_to_equal',
  'expect_file_size_to_be_between',
  'expect_file_to_be_valid_json',
  'expect_file_to_exist',
])

/** Why an expectation that Great Expectations has is not judged here. */
export function notJudged(type: string): string {
  if (type === 'expect_column_values_to_be_dateutil_parseable')
    return 'dateutil’s lax reading of dates has no equal outside Python; name the format with expect_column_values_to_match_strftime_format'
  return 'Great Expectations judges it in SQL databases only, not on files'
}
