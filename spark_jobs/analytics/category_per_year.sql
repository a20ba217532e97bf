-- Posts per category and year, 2018 to 2022, by the place's timestamp. Ties: every top category of a year has is_top. No medians.
with

posts as (
    select ind, category from pin where category is not null
),

places as (
    select ind, year(`timestamp`) as post_year from geo
),

counted as (
    select post_year, category, count(*) as category_count
    from posts
    inner join places using (ind)
    where post_year between 2018 and 2022
    group by post_year, category
),

final as (
    select *, rank() over (partition by post_year order by category_count desc) = 1 as is_top
    from counted
)

select * from final order by post_year, category_count desc, category
